/** The last two characters of each of the 17 planes (Unicode, section 23.7); U+FDD0 to U+FDEF are the others. */
const NONCHARACTERS = Array.from(
  { length: 17 },
  (_, plane) => `\\u{${plane.toString(16)}fffe}\\u{${plane.toString(16)}ffff}`,
);
/**
 * What `safe` text never holds: RFC 9839, section 4.3 (Unicode Assignables), U+FFFD, and what reorders text (CVE-2021-42574). Written without `\p`,
 * because V8 looks up the characters of a property where it parses a pattern, also of one that never runs: a millisecond of each start.
 */
const UNSAFE = `\\0-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\u202a-\\u202e\\u2066-\\u2069\\ufffd\\ud800-\\udfff\\ufdd0-\\ufdef${NONCHARACTERS.join('')}`;
const BREAKS = '\\t\\n\\r\\u2028\\u2029';
/** A tag, a comment or a character reference; also with the wide signs that some systems fold into `<`. */
const MARKUP = '[<\\uff1c\\ufe64][a-z/!?%]|&(?:#\\d|#x[\\da-f]|[a-z][a-z\\d]*;)';

/**
 * Checks a string, or every string and name below a value. Most strings are of `plain` characters alone: their check is short, while the pattern of
 * `test` knows all of Unicode, and takes long to compile. Text below U+0300 is always normalized.
 */
function textHelper(name: string, plain: string, test: string): string {
  return `function helper_${name}(value) {
  if (typeof value === "string")
    return !/[^${plain}]/.test(value) || (!(${test}) && (!/[^\\0-\\u02ff]/.test(value) || value.normalize() === value));
  if (typeof value !== "object" || value === null) return true;
  return Object.entries(value).every(([key, child]) => helper_${name}(key) && helper_${name}(child));
}`;
}

/**
 * The helpers that compiled validators use at run time, as source, so that a module carries what it needs (about 0.3 KB
 * each) and resolves nothing from the directory it is bundled in.
 */
export const HELPERS = {
  text_safe: textHelper('text_safe', '\\t\\n\\r -~', `/[${UNSAFE}]/u.test(value)`),
  text_line: textHelper('text_line', ' -~', `/[${UNSAFE}${BREAKS}]/u.test(value)`),
  text_plain: textHelper('text_plain', "\\t\\n\\r -%'-;=-~", `/[${UNSAFE}]/u.test(value) || /${MARKUP}/i.test(value)`),
  /** Adds an error to those before; null while there are none. */
  fault: `function helper_fault(faults, fault) {
  if (faults === null) return [fault];
  faults.push(fault);
  return faults;
}`,
  /** Whether a padded base64 string holds no more bytes than the limit. */
  decoded: `function helper_decoded(text, limit) {
  const padding = text.endsWith("==") ? 2 : text.endsWith("=") ? 1 : 0;
  return (text.length / 4) * 3 - padding <= limit;
}`,
  /**
   * Whether a number is a multiple of a step in decimal arithmetic. A number below 10^15 units has the decimals of the step
   * exactly if it survives the way to whole units and back. Beyond, the digits are compared as whole numbers of any size.
   */
  multiple: `function helper_multiple(value, step, scale, units) {
  const scaled = Math.round(value * scale);
  if (scale > 0 && Math.abs(scaled) < 1e15) return scaled / scale === value && scaled % units === 0;
  const decimal = (number) => {
    const [digits, exponent = "0"] = String(Math.abs(number)).split("e");
    const [whole, fraction = ""] = digits.split(".");
    return [BigInt(whole + fraction), Number(exponent) - fraction.length];
  };
  const [digits, exponent] = decimal(value);
  const [divisor, divisorExponent] = decimal(step);
  const shift = exponent - divisorExponent;
  return shift >= 0 ? (digits * 10n ** BigInt(shift)) % divisor === 0n : digits % (divisor * 10n ** BigInt(-shift)) === 0n;
}`,
  /** Length of a string in code points, as JSON Schema counts (2020-12, validation, section 6.3.1). */
  ucs2length: `function helper_ucs2length(text) {
  let length = text.length;
  for (let i = 0; i + 1 < text.length; i += 1) {
    const high = text.charCodeAt(i);
    if (high < 0xd800 || high > 0xdbff) continue;
    const low = text.charCodeAt(i + 1);
    if (low < 0xdc00 || low > 0xdfff) continue;
    length -= 1;
    i += 1;
  }
  return length;
}`,
  /**
   * Equality of JSON values (2020-12, core, section 4.2.2), for `const`, `enum` and `uniqueItems`. Unlike ajv's own it calls
   * nothing of the values, which come from clients: there `{"toString": 1}` throws.
   */
  equal: `function helper_equal(a, b) {
  if (a === b) return true;
  if (typeof a !== "object" || typeof b !== "object" || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => Object.hasOwn(b, key) && helper_equal(a[key], b[key]));
}`,
};
