/** What is wrong with a text that `JSON.parse` takes, because other parsers read it differently. */
export type JsonFault = 'too-deep' | 'number-out-of-range' | 'text-not-well-formed' | 'name-refused' | 'name-repeated';

/** Names that reach prototypes when objects are merged carelessly. */
const REFUSED_NAMES = ['__proto__', 'constructor', 'prototype'];
/** The tokens that matter, of a text that is known to be JSON. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]|-?\d[\d.eE+-]*/g;

interface Level {
  /** Names so far; undefined in a list. */
  readonly names: Set<string> | undefined;
  awaitsName: boolean;
}

/**
 * The first fault of a JSON text: repeated names (RFC 8259, section 4: what a receiver then does is unpredictable), names
 * that reach prototypes, more levels than allowed, numbers beyond the range of a double, halves of surrogate pairs.
 *
 * @param text known to be JSON.
 */
export function jsonFault(text: string, maxDepth: number): JsonFault | undefined {
  const levels: Level[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      if (levels.length === maxDepth) return 'too-deep';
      levels.push({ names: token === '{' ? new Set() : undefined, awaitsName: token === '{' });
    } else if (token === '}' || token === ']') {
      levels.pop();
    } else if (token === ',') {
      if (level?.names !== undefined) level.awaitsName = true;
    } else if (token.startsWith('"')) {
      const fault = textFault(token, level);
      if (fault !== undefined) return fault;
    } else if (token !== ':' && !Number.isFinite(Number(token))) {
      return 'number-out-of-range';
    }
  }
  return undefined;
}

function textFault(token: string, level: Level | undefined): JsonFault | undefined {
  const text = token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
  if (!text.isWellFormed()) return 'text-not-well-formed';
  if (level?.names === undefined || !level.awaitsName) return undefined;
  level.awaitsName = false;
  if (REFUSED_NAMES.includes(text)) return 'name-refused';
  if (level.names.has(text)) return 'name-repeated';
  level.names.add(text);
  return undefined;
}
