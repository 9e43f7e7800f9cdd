/** A fault of JSON that `JSON.parse` accepts, but that parsers read differently. */
export type JsonFault =
  | 'too-deep'
  | 'number-out-of-range'
  | 'string-not-well-formed'
  | 'name-rejected'
  | 'name-repeated';

/** Names that reach prototypes when objects are merged carelessly. */
const REJECTED_NAMES = ['__proto__', 'constructor', 'prototype'];
/** The relevant tokens of valid JSON; a string before a colon is a name. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[[\]{}]|-?\d[\d.eE+-]*/g;

/**
 * The first fault of JSON: repeated names (RFC 8259, section 4: the behavior of receivers is unpredictable), names that reach
 * prototypes, more levels than allowed, numbers beyond the range of a double, unpaired surrogates.
 *
 * @param text valid JSON.
 */
export function jsonFault(text: string, maxDepth: number): JsonFault | undefined {
  /** Names so far, by level; a list has none. */
  const levels: Set<string>[] = [];
  for (const [token, quoted, colon] of text.matchAll(TOKEN)) {
    if (token === '{' || token === '[') {
      if (levels.length === maxDepth) return 'too-deep';
      levels.push(new Set());
    } else if (token === '}' || token === ']') {
      levels.pop();
    } else if (quoted !== undefined) {
      const fault = stringFault(quoted, colon === undefined ? undefined : levels.at(-1));
      if (fault !== undefined) return fault;
    } else if (!Number.isFinite(Number(token))) {
      return 'number-out-of-range';
    }
  }
  return undefined;
}

/** @param names the names so far of the object, if the string is a name. */
function stringFault(quoted: string, names: Set<string> | undefined): JsonFault | undefined {
  const string = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
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
