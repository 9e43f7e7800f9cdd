/** A fault of JSON that `JSON.parse` accepts, but that parsers read differently. */
export type JsonFault =
  | 'too-deep'
  | 'number-out-of-range'
  | 'string-not-well-formed'
  | 'name-rejected'
  | 'name-repeated';

/** Names that reach prototypes when objects are merged carelessly. */
const REJECTED_NAMES = ['__proto__', 'constructor', 'prototype'];
/** Units of the characters that begin what is looked at; whatever else valid JSON has between them is skipped. */
const [QUOTE, BACKSLASH, COMMA, COLON, MINUS, ZERO, NINE] = [0x22, 0x5c, 0x2c, 0x3a, 0x2d, 0x30, 0x39];
const [OPEN_LIST, CLOSE_LIST, OPEN_OBJECT, CLOSE_OBJECT] = [0x5b, 0x5d, 0x7b, 0x7d];
const SPACE = 0x20;

/**
 * The first fault of JSON: repeated names (RFC 8259, section 4: the behavior of receivers is unpredictable), names that reach
 * prototypes, more levels than allowed, numbers beyond the range of a double, unpaired surrogates.
 *
 * One scan by units, because the authorizer and every function do this for each request: a pattern for the tokens took three times as long.
 *
 * @param text valid JSON.
 */
export function jsonFault(text: string, maxDepth: number): JsonFault | undefined {
  /** Names so far, by level; a list has none. */
  const levels: (Set<string> | undefined)[] = [];
  // Of most texts, only the names of members have to be looked at.
  const isPlain = !text.includes('\\') && text.isWellFormed();
  for (let at = 0; at < text.length; at += 1) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) {
      const end = endOfString(text, at);
      const names = isBeforeColon(text, end) ? levels.at(-1) : undefined;
      const fault = names === undefined && isPlain ? undefined : stringFault(text, at, end, names);
      if (fault !== undefined) return fault;
      at = end - 1;
    } else if (unit === OPEN_OBJECT || unit === OPEN_LIST) {
      if (levels.length === maxDepth) return 'too-deep';
      levels.push(unit === OPEN_OBJECT ? new Set() : undefined);
    } else if (unit === CLOSE_OBJECT || unit === CLOSE_LIST) {
      levels.pop();
    } else if (unit === MINUS || (unit >= ZERO && unit <= NINE)) {
      const end = endOfNumber(text, at);
      if (!Number.isFinite(Number(text.slice(at, end)))) return 'number-out-of-range';
      at = end - 1;
    }
  }
  return undefined;
}

/** The position after the quote that ends a string: one that an even number of backslashes precedes. */
function endOfString(text: string, start: number): number {
  for (let quote = text.indexOf('"', start + 1); quote >= 0; quote = text.indexOf('"', quote + 1)) {
    let before = quote - 1;
    while (text.charCodeAt(before) === BACKSLASH) before -= 1;
    if ((quote - before) % 2 === 1) return quote + 1;
  }
  return text.length;
}

/** The position after a number: of white space, a comma, a bracket or the end of the text. */
function endOfNumber(text: string, start: number): number {
  let at = start + 1;
  for (let unit = text.charCodeAt(at); unit > SPACE && unit !== COMMA; unit = text.charCodeAt(at)) {
    if (unit === CLOSE_LIST || unit === CLOSE_OBJECT) return at;
    at += 1;
  }
  return at;
}

/** Whether a string is a name: only white space is between it and its colon. */
function isBeforeColon(text: string, end: number): boolean {
  let at = end;
  while (text.charCodeAt(at) <= SPACE) at += 1;
  return text.charCodeAt(at) === COLON;
}

/** @param names the names so far of the object, if the string is a name. */
function stringFault(text: string, start: number, end: number, names: Set<string> | undefined): JsonFault | undefined {
  const written = text.slice(start + 1, end - 1);
  const string = written.includes('\\') ? (JSON.parse(text.slice(start, end)) as string) : written;
  if (!string.isWellFormed()) return 'string-not-well-formed';
  if (names === undefined) return undefined;
  if (isRejectedName(string)) return 'name-rejected';
  if (names.has(string)) return 'name-repeated';
  names.add(string);
  return undefined;
}

/** Whether a name reaches prototypes when objects are merged carelessly. */
export function isRejectedName(name: string): boolean {
  return REJECTED_NAMES.includes(name);
}

/** A JSON object, not a list. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A name as a step of a JSON pointer (RFC 6901, section 3). */
export function escapeStep(name: string): string {
  return name.replaceAll('~', '~0').replaceAll('/', '~1');
}

/** The name that a step of a JSON pointer stands for. */
export function unescapeStep(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
