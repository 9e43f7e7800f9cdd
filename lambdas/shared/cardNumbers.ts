import { canHoldCard, MAX_BETWEEN, SHORTEST_CARD } from './canHoldCard.ts';

/** UUIDs are matched first, so that no part of one is taken for a card number. */
const PIECES = /(?<![\da-f-])[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}(?![\da-f-])|\p{Nd}+/giu;
/** Between two groups of a number: up to three characters, none a letter or a digit. */
const SEPARATOR = /^[^\p{L}\p{Nd}]{1,3}$/u;
/** Groups of cards as they are printed. Other groupings count only with one and the same space or hyphen. */
const PRINTED = /^(?:4,4,4,[1-7]|4,4,4,4,[1-3]|4,6,[45])$/;
const MAX_SEPARATOR = 2 * MAX_BETWEEN;
/** The printed groups of numbers with 16 and 15 digits. */
const TOUCHED = [
  [4, 4, 4, 4],
  [4, 6, 5],
] as const;
const ZERO = 0x30;
const LONGEST = 19;
/** Card numbers that other digits touch have 15 or 16 digits; an expiry and a code are seven more. */
const GLUED = [16, 15] as const;
const MAX_GLUED = 7;
/** A code alone is three more. */
const MIN_GLUED = 3;
/** Enough of a longer group to see that it is longer. */
const ENOUGH = 40;
/** Times in nanoseconds, and as `yyyymmddhhmmss…`. */
const TIMESTAMP = /^(?:1\d{18}|20\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{6,})$/;
/** Identifiers and digests as hexadecimal: as many digits as common ones have, letters and digits mixed. */
const HEX_LENGTHS: readonly number[] = [24, 32, 40, 48, 56, 64, 96, 128];
const MAX_HEX = 128;
const MIN_CHANGES = 3;

/** A part of a string. */
export interface TextRange {
  readonly start: number;
  readonly end: number;
}

/** A group of digits in a string. */
interface Group extends TextRange {
  readonly digits: string;
}

/**
 * Finds payment card numbers (ISO/IEC 7812-1): 13 to 19 digits that begin as an issuer's do and end with the right check
 * digit, whatever separates their groups, and whatever letters, digits or other characters are beside them. UUIDs, hexadecimal
 * identifiers, timestamps and fractions (`0.4111…`) are none.
 */
export function cardNumbers(text: string): readonly TextRange[] {
  if (!canHoldCard(text)) return [];
  const groups = groupsOf(text);
  // A number can begin in what looks like another one: the ranges can overlap.
  return groups.flatMap(({ start }, first) => {
    const last = cardAt(text, groups, first);
    return last === undefined ? [] : { start, end: groups[last]?.end ?? text.length };
  });
}

function groupsOf(text: string): readonly Group[] {
  const groups: Group[] = [];
  for (const { 0: piece, index: start } of text.matchAll(PIECES)) {
    const end = start + piece.length;
    if (!piece.includes('-') && !isOther(text, start, end)) groups.push({ start, end, digits: asciiDigits(piece) });
  }
  return groups;
}

/** Digits, enough for a card number, that are the fraction of a number below one, or part of a hexadecimal identifier. */
function isOther(text: string, start: number, end: number): boolean {
  if (end - start < SHORTEST_CARD) return false;
  if (/(?<![\p{L}\p{Nd}.,_])0\.$/u.test(text.slice(Math.max(0, start - 3), start))) return true;
  const before = /[\da-z]*$/i.exec(text.slice(Math.max(0, start - MAX_HEX), start))?.[0] ?? '';
  const after = /^[\da-z]*/i.exec(text.slice(end, end + MAX_HEX))?.[0] ?? '';
  const run = before + text.slice(start, end) + after;
  const isHex = HEX_LENGTHS.includes(run.length) && (/^[\da-f]+$/.test(run) || /^[\dA-F]+$/.test(run));
  return isHex && (run.match(/\d(?!\d|$)|[a-f](?![a-f]|$)/gi) ?? []).length >= MIN_CHANGES;
}

/** The last group of the card number that begins with a group; undefined if none does. */
function cardAt(text: string, groups: readonly Group[], first: number): number | undefined {
  let found: number | undefined;
  let digits = '';
  const sizes: number[] = [];
  const separators = new Set<string>();
  for (let last = first; last < groups.length && digits.length < LONGEST; last += 1) {
    const separator = last > first ? separatorBefore(text, groups, last) : '';
    const group = groups[last];
    if (group === undefined || separator === undefined) break;
    if (last > first) separators.add(separator);
    digits += group.digits.slice(0, ENOUGH);
    sizes.push(group.digits.length);
    const uniform = [...separators].every((each) => each === ' ' || each === '-') && separators.size <= 1;
    if (!uniform && !PRINTED.test(sizes.join()) && digits.length >= SHORTEST_CARD) continue;
    if (isCard(digits)) found = last;
  }
  return found ?? (isGlued(groups[first]?.digits ?? '') ? first : touchedAt(text, groups, first));
}

/** The characters between two groups of one number. */
function separatorBefore(text: string, groups: readonly Group[], index: number): string | undefined {
  const [end = 0, start = 0] = [groups[index - 1]?.end, groups[index]?.start];
  const separator = start - end <= MAX_SEPARATOR ? text.slice(end, start) : '';
  return SEPARATOR.test(separator) ? separator : undefined;
}

/** The last group of a card number in printed groups, if other digits touch its first or its last one. */
function touchedAt(text: string, groups: readonly Group[], first: number): number | undefined {
  for (const sizes of TOUCHED) {
    const last = first + sizes.length - 1;
    const parts = sizes.map((size, index) => {
      const digits = groups[first + index]?.digits ?? '';
      const part = index === 0 ? digits.slice(-size) : digits.slice(0, size);
      const isWhole = digits.length === size || index === 0 || index === sizes.length - 1;
      return isWhole && (index === 0 || separatorBefore(text, groups, first + index) !== undefined) ? part : '';
    });
    if (parts.every((part, index) => part.length === sizes[index]) && isCard(parts.join(''))) return last;
  }
  return undefined;
}

/**
 * Whether digits begin with a card number, followed at once by its code or its expiry, or end with one. In 17 to 19 digits they
 * must begin with it: otherwise one of ten identifiers would be taken for a card number.
 */
function isGlued(digits: string): boolean {
  if (TIMESTAMP.test(digits)) return false;
  return GLUED.some((size) => {
    const more = digits.length - size;
    if (more < MIN_GLUED || more > MAX_GLUED) return false;
    return isCard(digits.slice(0, size)) || (digits.length > LONGEST && isCard(digits.slice(-size)));
  });
}

/** Leading digits of issuers: Visa, Mastercard, American Express, Discover, Diners, JCB, UnionPay, Maestro, Mir, RuPay, Troy. */
function isCard(digits: string): boolean {
  if (digits.length < SHORTEST_CARD || digits.length > LONGEST) return false;
  const starts = digits.length < 16 ? /^[3-6]/ : /^(?:[3-6]|2(?:2[0-9]|[3-6]\d|7[0-2])|8[12]|9792)/;
  return starts.test(digits) && hasCheckDigit(digits);
}

/** The Luhn formula: ISO/IEC 7812-1, annex B. */
function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const value = (digits.charCodeAt(digits.length - 1 - index) - ZERO) * (index % 2 === 1 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}

/** Full-width, Arabic and other digits as those of ASCII. */
function asciiDigits(digits: string): string {
  if (/^\d+$/.test(digits)) return digits;
  return digits.normalize('NFKC').replaceAll(/(?!\d)\p{Nd}/gu, digitOf);
}

/** The digits of a script are ten successive characters, from its zero. */
function digitOf(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let value = 0;
  while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - value - 1))) value += 1;
  return String(value);
}
