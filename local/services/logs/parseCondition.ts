import type { Condition, Operator } from './query.ts';
import type { Reader } from './reader.ts';
import { QueryError, type Token } from './tokens.ts';

const OPERATORS: readonly string[] = ['=', '!=', '<', '<=', '>', '>='] satisfies Operator[];

/**
 * Reads the condition of `filter`: comparisons, `like`, `in` and `ispresent`, joined by `and`, `or`, `not` and parentheses.
 *
 * @throws {QueryError} for functions and arithmetic, which are not computed here.
 */
export function parseCondition(reader: Reader): Condition {
  const parts = [conjunction(reader)];
  while (reader.skip('or')) parts.push(conjunction(reader));
  return joined('or', parts);
}

function conjunction(reader: Reader): Condition {
  const parts = [term(reader)];
  while (reader.skip('and')) parts.push(term(reader));
  return joined('and', parts);
}

function joined(kind: 'and' | 'or', parts: readonly Condition[]): Condition {
  const [only] = parts;
  return only !== undefined && parts.length === 1 ? only : { kind, parts };
}

function term(reader: Reader): Condition {
  if (reader.skip('not')) return { kind: 'not', part: reader.nested(() => term(reader)) };
  if (reader.skip('(')) {
    const inner = reader.nested(() => parseCondition(reader));
    reader.expect(')');
    return inner;
  }
  const { text: field } = reader.take('word');
  if (field.toLowerCase() === 'ispresent') return present(reader);
  if (reader.skip('not')) return { kind: 'not', part: membership(field, reader) };
  return membership(field, reader);
}

function present(reader: Reader): Condition {
  reader.expect('(');
  const { text: field } = reader.take('word');
  reader.expect(')');
  return { kind: 'present', field };
}

function membership(field: string, reader: Reader): Condition {
  if (reader.skip('like') || reader.skip('=~')) {
    return { kind: 'like', field, pattern: patternOf(reader.take('regex', 'string')) };
  }
  if (reader.skip('in')) {
    reader.expect('[');
    const values = reader.list(() => literal(reader));
    reader.expect(']');
    return { kind: 'in', field, values };
  }
  const { text: operator } = reader.take('mark');
  if (!isOperator(operator)) throw new QueryError(`the operator ${operator} is not computed here`);
  return { kind: 'compare', field, operator, value: literal(reader) };
}

function isOperator(text: string): text is Operator {
  return OPERATORS.includes(text);
}

function literal(reader: Reader): string | number {
  const sign = reader.skip('-') ? -1 : 1;
  const { kind, text } = sign === -1 ? reader.take('number') : reader.take('string', 'number');
  return kind === 'number' ? sign * Number(text) : text;
}

/** A string is a part of the value; a regular expression can begin with `(?i)`. */
function patternOf({ kind, text }: Token): RegExp {
  if (kind === 'string') return new RegExp(text.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&'));
  try {
    const [, flag] = /^\(\?(i)\)/.exec(text) ?? [];
    return new RegExp(flag === undefined ? text : text.slice(4), flag);
  } catch {
    throw new QueryError(`/${text}/ is no regular expression`);
  }
}
