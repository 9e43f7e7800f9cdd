/** Ranges of code points, both ends included. */
export type Characters = readonly (readonly [from: number, to: number])[];

/** What a pattern consists of. */
export type Part =
  | { readonly kind: 'characters'; readonly characters: Characters }
  | { readonly kind: 'sequence'; readonly parts: readonly Part[] }
  | { readonly kind: 'choice'; readonly parts: readonly Part[] }
  | { readonly kind: 'repeat'; readonly part: Part; readonly min: number; readonly max: number };

/** Tokens: an escape, a class, a group, a count, a single character. */
const TOKENS = /\\.|\[(?:\\.|[^\]\\])*\]|\(\?:|\{\d+(?:,\d*)?\}|./gsu;
const ESCAPED = /^\\[\\^$.*+?()[\]{}|/-]$/u;
/** Characters that are never themselves outside of a class. */
const SYNTAX = /^[\\^$.*+?()[\]{}|]$/u;
const DIGITS: Characters = [[0x30, 0x39]];
const SETS: Readonly<Record<string, Characters>> = {
  '\\d': DIGITS,
  '\\w': [...DIGITS, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]],
};
const LAST_POINT = 0x10_ffff;

/**
 * Reads `^…$`, as the flag `u` reads it, where it has only characters, classes, groups without a capture, alternatives and greedy
 * repetitions; undefined for every other pattern.
 */
export function readPattern(pattern: string): Part | undefined {
  const tokens = pattern.match(TOKENS) ?? [];
  if (tokens.length < 2 || tokens[0] !== '^' || tokens.at(-1) !== '$') return undefined;
  const reader = { tokens: tokens.slice(1, -1), at: 0 };
  const part = readSequence(reader);
  return reader.at === reader.tokens.length ? part : undefined;
}

interface Reader {
  readonly tokens: readonly string[];
  at: number;
}

function readSequence(reader: Reader): Part | undefined {
  const parts: Part[] = [];
  while (reader.at < reader.tokens.length && !['|', ')'].includes(reader.tokens[reader.at] as string)) {
    const part = readRepeated(reader);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  return { kind: 'sequence', parts };
}

function readRepeated(reader: Reader): Part | undefined {
  const part = readOne(reader);
  const counts = countsOf(reader.tokens[reader.at]);
  if (part === undefined || counts === undefined) return part;
  reader.at += 1;
  // The `?` of a lazy one is read next, and is no character.
  return { kind: 'repeat', part, min: counts[0], max: counts[1] };
}

function readOne(reader: Reader): Part | undefined {
  const token = reader.tokens[reader.at++] as string;
  if (token === '(?:') return readGroup(reader);
  if (SYNTAX.test(token)) return undefined;
  const characters = token.startsWith('[') ? ofClass(token) : ofOne(token);
  return characters && { kind: 'characters', characters };
}

function readGroup(reader: Reader): Part | undefined {
  const parts: Part[] = [];
  do {
    const part = readSequence(reader);
    if (part === undefined) return undefined;
    parts.push(part);
  } while (reader.tokens[reader.at++] === '|');
  return reader.tokens[reader.at - 1] === ')' ? { kind: 'choice', parts } : undefined;
}

function countsOf(token: string | undefined): readonly [min: number, max: number] | undefined {
  if (token === '?') return [0, 1];
  if (token === '*') return [0, Number.POSITIVE_INFINITY];
  if (token === '+') return [1, Number.POSITIVE_INFINITY];
  const [, min, comma, max] = /^\{(\d+)(,?)(\d*)\}$/.exec(token ?? '') ?? [];
  if (min === undefined) return undefined;
  if (comma === '') return [Number(min), Number(min)];
  return [Number(min), max === '' ? Number.POSITIVE_INFINITY : Number(max)];
}

function ofClass(token: string): Characters | undefined {
  const isNegated = token.startsWith('[^');
  const items = token.slice(isNegated ? 2 : 1, -1).match(/\\.|./gsu) ?? [];
  const found: (readonly [number, number])[] = [];
  for (let at = 0; at < items.length; at += 1) {
    const from = ofOne(items[at] as string);
    const isRange = items[at + 1] === '-' && at + 2 < items.length;
    const to = isRange ? ofOne(items[at + 2] as string) : from;
    if (from === undefined || to === undefined) return undefined;
    found.push(...(isRange ? [[from[0]?.[0] ?? 0, to[0]?.[0] ?? 0] as const] : from));
    if (isRange) at += 2;
  }
  return isNegated ? othersThan(found) : found;
}

function ofOne(token: string): Characters | undefined {
  if (SETS[token] !== undefined) return SETS[token];
  if (token.startsWith('\\') && !ESCAPED.test(token)) return undefined;
  const point = token.codePointAt(token.startsWith('\\') ? 1 : 0) as number;
  return [[point, point]];
}

function othersThan(ranges: Characters): Characters {
  const others: [number, number][] = [];
  let next = 0;
  for (const [from, to] of ranges.toSorted(([one], [other]) => one - other)) {
    if (from > next) others.push([next, from - 1]);
    next = Math.max(next, to + 1);
  }
  return next > LAST_POINT ? others : [...others, [next, LAST_POINT]];
}
