import { wildcards } from '../../wildcards.ts';
import { FilterPatternError } from './error.ts';

/** Where a value is in an event: names of members and indexes of arrays. */
export type Selector = readonly (string | number)[];

export type Comparison = '=' | '!=' | '<' | '>' | '<=' | '>=';

/** A condition over a JSON event. */
export type JsonCondition =
  | { readonly kind: 'all' | 'any'; readonly parts: readonly JsonCondition[] }
  | { readonly kind: 'compare'; readonly selector: Selector; readonly operator: Comparison; readonly value: Operand }
  | { readonly kind: 'exists' | 'not-exists' | 'null' | 'true' | 'false'; readonly selector: Selector };

/** What a value is compared with. Text may hold `*` wildcards; `number` is set when it reads as a number. */
export interface Operand {
  readonly text: string;
  readonly quoted: boolean;
  readonly number?: number;
  /** Present where the text holds wildcards. */
  readonly matches?: (text: string) => boolean;
}

/** One piece of a JSON filter pattern. `text` is unquoted for strings. */
interface Token {
  readonly kind: 'selector' | 'operator' | 'string' | 'word' | 'end';
  readonly text: string;
}

const TOKEN =
  /\s*(?:(\$(?:\.[\w@*-]+|\[(?:\d+|\*)\]|\.?\["[^"]+"\]|\.?\['[^']+'\])*)|(&&|\|\||!=|>=|<=|[=<>(){}])|"((?:[^"\\]|\\.)*)"|([^\s"=<>!(){}&|]+))\s*/y;

interface Cursor {
  readonly items: readonly Token[];
  at: number;
}

/** Reads `{ ($.status = 401) && ($.name = "a*") }`; `&&` binds stronger than `||`. */
export function parseJsonPattern(text: string): JsonCondition {
  const cursor: Cursor = { items: tokens(text), at: 0 };
  expect(cursor, '{');
  const condition = either(cursor);
  expect(cursor, '}');
  if (peek(cursor).kind !== 'end') throw new FilterPatternError(`unexpected ${peek(cursor).text} after }`);
  return condition;
}

/** The path of a selector such as `$.a.b[0]["c d"]`. */
export function parseSelector(text: string): Selector {
  if (!text.startsWith('$')) throw new FilterPatternError(`a selector starts with $, not ${text}`);
  if (text.includes('*')) throw new FilterPatternError(`wildcards in selectors are not matched here: ${text}`);
  const path: (string | number)[] = [];
  for (const [, name, index, quoted] of text.slice(1).matchAll(/\.([\w@-]+)|\[(\d+)\]|\.?\[["']([^"']+)["']\]/g)) {
    path.push(index === undefined ? (name ?? quoted ?? '') : Number(index));
  }
  return path;
}

function either(cursor: Cursor): JsonCondition {
  return joined(cursor, '||', 'any', both);
}

function both(cursor: Cursor): JsonCondition {
  return joined(cursor, '&&', 'all', single);
}

function joined(cursor: Cursor, sign: string, kind: 'all' | 'any', part: (c: Cursor) => JsonCondition): JsonCondition {
  const first = part(cursor);
  const parts = [first];
  while (accept(cursor, sign)) parts.push(part(cursor));
  return parts.length === 1 ? first : { kind, parts };
}

function single(cursor: Cursor): JsonCondition {
  if (accept(cursor, '(')) {
    const inner = either(cursor);
    expect(cursor, ')');
    return inner;
  }
  const token = take(cursor);
  if (token.kind !== 'selector')
    throw new FilterPatternError(`expected a selector such as $.name, found ${token.text}`);
  const selector = parseSelector(token.text);
  return peek(cursor).kind === 'word' ? keyword(cursor, selector) : comparison(cursor, selector);
}

function keyword(cursor: Cursor, selector: Selector): JsonCondition {
  const first = take(cursor).text.toUpperCase();
  if (first === 'EXISTS') return { kind: 'exists', selector };
  const both = `${first} ${take(cursor).text.toUpperCase()}`;
  if (both === 'NOT EXISTS') return { kind: 'not-exists', selector };
  if (both === 'IS NULL') return { kind: 'null', selector };
  if (both === 'IS TRUE') return { kind: 'true', selector };
  if (both === 'IS FALSE') return { kind: 'false', selector };
  throw new FilterPatternError(`expected a comparison, EXISTS, NOT EXISTS or IS NULL|TRUE|FALSE, found ${both}`);
}

function comparison(cursor: Cursor, selector: Selector): JsonCondition {
  const operator = take(cursor);
  if (!isComparison(operator.text)) throw new FilterPatternError(`expected a comparison, found ${operator.text}`);
  return { kind: 'compare', selector, operator: operator.text, value: operand(take(cursor), operator.text) };
}

function operand(token: Token, operator: Comparison): Operand {
  if (token.kind !== 'string' && token.kind !== 'word')
    throw new FilterPatternError(`expected a value, found ${token.text}`);
  if (token.text.startsWith('%')) throw new FilterPatternError('regular expressions are not matched here');
  const quoted = token.kind === 'string';
  const number = quoted || token.text === '' ? Number.NaN : Number(token.text);
  if (Number.isFinite(number)) return { text: token.text, quoted, number };
  if (operator !== '=' && operator !== '!=')
    throw new FilterPatternError(`${operator} needs a number, not ${token.text}`);
  return { text: token.text, quoted, ...(token.text.includes('*') && { matches: wildcards(token.text) }) };
}

const isComparison = (text: string): text is Comparison => /^(?:=|!=|<|>|<=|>=)$/.test(text);

const peek = ({ items, at }: Cursor): Token => items[at] ?? { kind: 'end', text: 'the end' };

function take(cursor: Cursor): Token {
  const token = peek(cursor);
  cursor.at += 1;
  return token;
}

function accept(cursor: Cursor, operator: string): boolean {
  const { kind, text } = peek(cursor);
  if (kind !== 'operator' || text !== operator) return false;
  cursor.at += 1;
  return true;
}

function expect(cursor: Cursor, operator: string): void {
  if (!accept(cursor, operator)) throw new FilterPatternError(`expected ${operator}, found ${peek(cursor).text}`);
}

/** Splits a JSON filter pattern into tokens; the last one is `end`. */
function tokens(text: string): Token[] {
  const found: Token[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < text.length) {
    const start = pattern.lastIndex;
    const match = pattern.exec(text);
    if (match === null) throw new FilterPatternError(`cannot read the pattern at ${text.slice(start)}`);
    found.push(tokenOf(match));
  }
  return [...found, { kind: 'end', text: 'the end' }];
}

function tokenOf([, selector, operator, quoted, word]: RegExpExecArray): Token {
  if (selector !== undefined) return { kind: 'selector', text: selector };
  if (operator !== undefined) return { kind: 'operator', text: operator };
  if (quoted !== undefined) return { kind: 'string', text: quoted.replace(/\\(.)/g, '$1') };
  return { kind: 'word', text: word ?? '' };
}
