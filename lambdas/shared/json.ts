/** What is wrong with a text that `JSON.parse` takes, because other parsers read it differently. */
export type JsonFault = 'too-deep' | 'number-out-of-range' | 'text-not-well-formed' | 'name-rejected' | 'name-repeated';

/** Names that reach prototypes when objects are merged carelessly. */
const REJECTED_NAMES = ['__proto__', 'constructor', 'prototype'];
/** The tokens that matter, of a text that is known to be JSON; a text before a colon is a name. */
const TOKEN = /("[^"\\]*(?:\\.[^"\\]*)*")(\s*:)?|[[\]{}]|-?\d[\d.eE+-]*/g;

/**
 * The first fault of a JSON text: repeated names (RFC 8259, section 4: what a receiver then does is unpredictable), names
 * that reach prototypes, more levels than allowed, numbers beyond the range of a double, halves of surrogate pairs.
 *
 * @param text known to be JSON.
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
      const fault = textFault(quoted, colon === undefined ? undefined : levels.at(-1));
      if (fault !== undefined) return fault;
    } else if (!Number.isFinite(Number(token))) {
      return 'number-out-of-range';
    }
  }
  return undefined;
}

/** @param names of the object where the text is a name. */
function textFault(quoted: string, names: Set<string> | undefined): JsonFault | undefined {
  const text = quoted.includes('\\') ? (JSON.parse(quoted) as string) : quoted.slice(1, -1);
  if (!text.isWellFormed()) return 'text-not-well-formed';
  if (names === undefined) return undefined;
  if (REJECTED_NAMES.includes(text)) return 'name-rejected';
  if (names.has(text)) return 'name-repeated';
  names.add(text);
  return undefined;
}
