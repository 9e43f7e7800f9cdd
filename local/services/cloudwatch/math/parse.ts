import { type MathFunction, parametersOf } from './functions.ts';

/** A metric-math expression that cannot be computed here. */
export class MetricMathError extends Error {
  readonly code = 'metric-math';
}

/** A parsed expression. */
export type MathNode =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'id'; readonly name: string }
  | { readonly kind: 'negate'; readonly operand: MathNode }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: MathNode; readonly right: MathNode }
  | { readonly kind: 'call'; readonly name: MathFunction; readonly parameters: readonly MathNode[] }
  | { readonly kind: 'list'; readonly items: readonly MathNode[] };

/** Binary operators, weakest first; those of one row bind equally. */
const LEVELS: readonly (readonly string[])[] = [
  ['||', 'OR'],
  ['&&', 'AND'],
  ['<', '<=', '>', '>=', '==', '!='],
  ['+', '-'],
  ['*', '/'],
];

const TOKEN = /\s*("[^"]*"|'[^']*'|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|[A-Za-z_]\w*|&&|\|\||[<>=!]=|[-+*/^()<>,[\]])\s*/y;

interface Cursor {
  readonly items: readonly string[];
  at: number;
}

/**
 * Reads a metric-math expression: numbers, ids, `+ - * / ^ ( )`, comparisons, AND/OR, lists and functions.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 *
 * @throws {MetricMathError} for everything else, such as SEARCH or SORT
 * @example
 * ```ts
 * const { kind } = parseMath('100 * errors / requests');
 * ```
 */
export function parseMath(expression: string): MathNode {
  const cursor: Cursor = { items: split(expression), at: 0 };
  const node = binary(cursor, 0);
  const rest = cursor.items[cursor.at];
  if (rest !== undefined) throw new MetricMathError(`unexpected ${rest}`);
  return node;
}

function split(expression: string): string[] {
  const found: string[] = [];
  const pattern = new RegExp(TOKEN);
  while (pattern.lastIndex < expression.length) {
    const start = pattern.lastIndex;
    const token = pattern.exec(expression)?.[1];
    if (token === undefined) throw new MetricMathError(`cannot read ${expression.slice(start, start + 20)}`);
    found.push(token);
  }
  return found;
}

function binary(cursor: Cursor, level: number): MathNode {
  const operators = LEVELS[level];
  if (operators === undefined) return unary(cursor);
  let left = binary(cursor, level + 1);
  for (;;) {
    const operator = cursor.items[cursor.at];
    if (operator === undefined || !operators.includes(operator)) return left;
    cursor.at += 1;
    left = { kind: 'binary', operator, left, right: binary(cursor, level + 1) };
  }
}

function unary(cursor: Cursor): MathNode {
  if (accept(cursor, '-')) return { kind: 'negate', operand: unary(cursor) };
  const base = value(cursor);
  return accept(cursor, '^') ? { kind: 'binary', operator: '^', left: base, right: unary(cursor) } : base;
}

function value(cursor: Cursor): MathNode {
  if (accept(cursor, '(')) {
    const inner = binary(cursor, 0);
    expect(cursor, ')');
    return inner;
  }
  if (accept(cursor, '[')) return { kind: 'list', items: items(cursor, ']') };
  const token = cursor.items[cursor.at];
  if (token === undefined || !/^[\w"']/.test(token))
    throw new MetricMathError(`expected a value, found ${token ?? 'the end'}`);
  cursor.at += 1;
  if (/^\d/.test(token)) return { kind: 'number', value: Number(token) };
  if (/^["']/.test(token)) return { kind: 'string', value: token.slice(1, -1) };
  return accept(cursor, '(') ? call(cursor, token) : { kind: 'id', name: token };
}

function call(cursor: Cursor, name: string): MathNode {
  const known = parametersOf(name);
  if (known === undefined) throw new MetricMathError(`the function ${name} is not computed here`);
  const parameters = items(cursor, ')');
  const [min, max] = known.counts;
  if (parameters.length < min || parameters.length > max) {
    throw new MetricMathError(`${name} does not take ${parameters.length} parameters`);
  }
  return { kind: 'call', name: known.name, parameters };
}

function items(cursor: Cursor, end: string): MathNode[] {
  const found: MathNode[] = [];
  if (accept(cursor, end)) return found;
  do found.push(binary(cursor, 0));
  while (accept(cursor, ','));
  expect(cursor, end);
  return found;
}

function accept(cursor: Cursor, token: string): boolean {
  if (cursor.items[cursor.at] !== token) return false;
  cursor.at += 1;
  return true;
}

function expect(cursor: Cursor, token: string): void {
  if (!accept(cursor, token))
    throw new MetricMathError(`expected ${token}, found ${cursor.items[cursor.at] ?? 'the end'}`);
}
