/** What the log shows instead of a secret. */
const REDACTED = '[redacted]';
/** Names whose values are never logged; compared without case, `-` and `_`. */
const SECRET_NAMES =
  /^(proxy)?authorization$|cookie$|token$|password$|passwd$|secret$|apikey$|privatekey$|credentials?$/;
/** Three base64url parts of which the first starts with `{"` (RFC 7515, section 3.1). */
const JWT = /\beyJ[A-Za-z0-9_-]{4,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*/g;
/** 13–19 digits, optionally grouped by spaces or hyphens (ISO/IEC 7812). */
const CARD = /(?<![\dA-Za-z-])\d(?:[ -]?\d){12,18}(?![\dA-Za-z-])/g;

/**
 * The replacer for a logger's JSON (`jsonReplacerFn` of Powertools): hides values of secret names, JWTs and payment card
 * numbers (by their Luhn digit) inside any string, such as the name, message and stack of an error.
 */
export function redact(name: string, value: unknown): unknown {
  if (value !== null && value !== undefined && SECRET_NAMES.test(name.toLowerCase().replaceAll(/[-_]/g, ''))) {
    return REDACTED;
  }
  if (typeof value === 'string') return redactString(value);
  return value;
}

/** Hides JWTs and card numbers in a string. */
function redactString(text: string): string {
  return text.replaceAll(JWT, REDACTED).replaceAll(CARD, (digits) => (hasLuhnDigit(digits) ? REDACTED : digits));
}

/** ISO/IEC 7812-1, annex B. */
function hasLuhnDigit(text: string): boolean {
  const digits = [...text.replaceAll(/\D/g, '')].map(Number).reverse();
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}
