/** A digit of any script, also percent-encoded (`%34`). */
const DIGIT = String.raw`(?:\p{Nd}|%3\d)`;
const UUID = String.raw`(?<![\da-f-])[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?![\da-f-])`;
/** UUIDs and other escapes are matched first, so that no part of one is taken for a digit of a card number. */
const PIECES = new RegExp(`${UUID}|%(?!3\\d)[\\da-f]{2}|${DIGIT}+`, 'giu');
/** Between two groups of a number: up to three characters, none a letter or a digit; a space also percent-encoded. */
const SEPARATOR = /^(?:%20|%2d|%a0|%c2%a0|[^\p{L}\p{Nd}%]{1,3})$/iu;
/** Groups of cards as they are printed. Other groupings count only with one and the same space or hyphen. */
const PRINTED = /^(?:4,4,4,[1-7]|4,4,4,4,[1-3]|4,6,[45])$/;
const [PERCENT, ZERO, NINE] = [0x25, 0x30, 0x39];
const SHORTEST = 13;
const LONGEST = 19;
/** A card number that other digits follow at once has as many digits. */
const GLUED = [16, 15] as const;
/** Enough of a longer group to see that it is longer. */
const ENOUGH = 40;

/** A group of digits in a string. */
interface Group {
  readonly start: number;
  readonly end: number;
  readonly digits: string;
}

/**
 * Replaces payment card numbers (ISO/IEC 7812-1): 13 to 19 digits that begin as an issuer's do and end with the right check
 * digit, whatever separates their groups, and whatever digits come before or after. UUIDs, timestamps, and identifiers in
 * which letters and digits alternate stay.
 */
export function hideCards(text: string, replacement: string): string {
  if (!canHoldCard(text)) return text;
  const groups = groupsOf(text);
  let hidden = '';
  let position = 0;
  for (let first = 0; first < groups.length; first += 1) {
    const found = cardAt(text, groups, first);
    if (found === undefined) continue;
    hidden += text.slice(position, groups[first]?.start) + replacement;
    position = groups[found]?.end ?? text.length;
    first = found;
  }
  return hidden + text.slice(position);
}

/** Whether a string has digits enough; one with other scripts or escapes can always. */
function canHoldCard(text: string): boolean {
  let digits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code > 0x7f || code === PERCENT) return true;
    if (code >= ZERO && code <= NINE) digits += 1;
    if (digits >= SHORTEST) return true;
  }
  return false;
}

function groupsOf(text: string): readonly Group[] {
  const groups: Group[] = [];
  for (const { 0: piece, index: start } of text.matchAll(PIECES)) {
    if (piece.includes('-') || /^%(?!3\d)/.test(piece)) continue;
    const end = start + piece.length;
    // In an identifier, letters and digits alternate; a name before the digits (`card4111…`) has two letters or more.
    const before = /(?:%[\da-f]{2}|[\p{L}\p{Nd}]{1,32})$/iu.exec(text.slice(Math.max(0, start - 32), start))?.[0] ?? '';
    const isIdentifier = /^\p{L}/u.test(text.slice(end, end + 2)) || !/^(?:%..|\p{L}{2,31})?$/u.test(before);
    if (!isIdentifier) groups.push({ start, end, digits: asciiDigits(piece) });
  }
  return groups;
}

/** The last group of the card number that begins with a group; undefined if none does. */
function cardAt(text: string, groups: readonly Group[], first: number): number | undefined {
  let found: number | undefined;
  let digits = '';
  const sizes: number[] = [];
  const separators = new Set<string>();
  for (let last = first; last < groups.length && digits.length < LONGEST; last += 1) {
    const group = groups[last];
    if (group === undefined) break;
    if (last > first) {
      const separator = text.slice(groups[last - 1]?.end, Math.min(group.start, (groups[last - 1]?.end ?? 0) + 7));
      if (group.start - (groups[last - 1]?.end ?? 0) > 6 || !SEPARATOR.test(separator)) break;
      separators.add(separator);
    }
    digits += group.digits.slice(0, ENOUGH);
    sizes.push(group.digits.length);
    const uniform = [...separators].every((each) => each === ' ' || each === '-') && separators.size <= 1;
    if (!uniform && !PRINTED.test(sizes.join()) && digits.length >= SHORTEST) continue;
    if (isCard(digits)) found = last;
  }
  if (found === undefined && GLUED.some((size) => isGlued(groups[first]?.digits ?? '', size))) return first;
  return found;
}

/** A number of 15 or 16 digits, followed at once by an expiry, or by more; together longer than any card number. */
function isGlued(digits: string, size: number): boolean {
  return digits.length > LONGEST && digits.length <= size + 7 && isCard(digits.slice(0, size));
}

/** Leading digits of issuers: Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro, Mir, RuPay, Troy. */
function isCard(digits: string): boolean {
  if (digits.length < SHORTEST || digits.length > LONGEST) return false;
  const starts = digits.length < 16 ? /^[3-6]/ : /^(?:[3-6]|2(?:2[0-9]|[3-6]\d|7[0-2])|8[12]|9792)/;
  return starts.test(digits) && hasCheckDigit(digits);
}

/** The Luhn formula: ISO/IEC 7812-1, annex B. */
function hasCheckDigit(digits: string): boolean {
  const sum = [...digits].toReversed().reduce((total, digit, index) => {
    const value = index % 2 === 1 ? Number(digit) * 2 : Number(digit);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return sum % 10 === 0;
}

/** Full-width, Arabic and other digits as those of ASCII. */
function asciiDigits(digits: string): string {
  if (/^\d+$/.test(digits)) return digits;
  return digits
    .replaceAll(/%3(\d)/g, '$1')
    .normalize('NFKC')
    .replaceAll(/(?!\d)\p{Nd}/gu, digitOf);
}

/** The digits of a script are ten successive characters, from its zero. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}
