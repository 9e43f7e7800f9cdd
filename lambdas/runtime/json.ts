import { HttpProblem } from './problem.ts';

/** Names that reach prototypes when objects are merged carelessly. */
const REFUSED_NAMES = ['__proto__', 'constructor', 'prototype'];

/**
 * Parses JSON (RFC 8259) strictly: beside what `JSON.parse` refuses (a BOM, trailing text, comments), it refuses repeated
 * names, names that reach prototypes, more levels than allowed, numbers beyond the range of a double and halves of surrogate
 * pairs, because parsers further down read these differently.
 *
 * @throws {HttpProblem} `malformed-json`
 */
export function parseStrictJson(text: string, maxDepth: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw malformed('The body is not JSON.');
  }
  scan(text, maxDepth);
  return value;
}

/** The tokens that matter, of a text that is known to be JSON. */
const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{},:]|-?\d[\d.eE+-]*/g;

interface Level {
  /** Names so far; undefined in a list. */
  readonly names: Set<string> | undefined;
  awaitsName: boolean;
}

function scan(text: string, maxDepth: number): void {
  const levels: Level[] = [];
  for (const [token] of text.matchAll(TOKEN)) {
    const level = levels.at(-1);
    if (token === '{' || token === '[') {
      if (levels.length === maxDepth) throw malformed(`The body has more than ${maxDepth} levels.`);
      levels.push({ names: token === '{' ? new Set() : undefined, awaitsName: token === '{' });
    } else if (token === '}' || token === ']') {
      levels.pop();
    } else if (token === ',') {
      if (level?.names !== undefined) level.awaitsName = true;
    } else if (token.startsWith('"')) {
      checkText(token, level);
    } else if (token !== ':' && !Number.isFinite(Number(token))) {
      throw malformed('A number is out of range.');
    }
  }
}

function checkText(token: string, level: Level | undefined): void {
  const text = token.includes('\\') ? (JSON.parse(token) as string) : token.slice(1, -1);
  if (!text.isWellFormed()) throw malformed('A text is not well-formed Unicode.');
  if (level?.names === undefined || !level.awaitsName) return;
  level.awaitsName = false;
  if (REFUSED_NAMES.includes(text)) throw malformed('A name is refused.');
  if (level.names.has(text)) throw malformed('A name is repeated.');
  level.names.add(text);
}

function malformed(detail: string): HttpProblem {
  return new HttpProblem('malformed-json', detail);
}
