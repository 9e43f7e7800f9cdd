import { isRecord, type Json, list } from '../../assembly/values.ts';
import { wildcards } from '../wildcards.ts';

/** A pattern that is wrong, or uses an operator that is not matched here. */
class EventPatternError extends Error {
  readonly code = 'event-pattern';
}

type Test = (value: unknown) => boolean;

/** Whether an event matches. */
export type EventMatcher = (event: unknown) => boolean;

/**
 * An event pattern: each member that it names has a value that one of its conditions accepts. Conditions are values, and `prefix`,
 * `suffix`, `equals-ignore-case`, `wildcard`, `anything-but`, `numeric`, `exists`; `$or` takes alternatives.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 *
 * @throws {EventPatternError} for another operator
 */
export function eventMatcher(pattern: Json): EventMatcher {
  const members = Object.entries(pattern).map(([name, condition]) => member(name, condition));
  return (event) => members.every((matches) => matches(event));
}

function member(name: string, condition: unknown): EventMatcher {
  if (name === '$or') {
    const alternatives = list(condition)
      .filter(isRecord)
      .map((each) => eventMatcher(each));
    return (event) => alternatives.some((matches) => matches(event));
  }
  if (isRecord(condition)) {
    const inner = eventMatcher(condition);
    return (event) => inner(valueAt(event, name));
  }
  if (!Array.isArray(condition))
    throw new EventPatternError(`the condition of ${name} is neither a list nor an object`);
  const tests = condition.map(testOf);
  return (event) => {
    const value = valueAt(event, name);
    // Of a list, one item is enough.
    const values = Array.isArray(value) ? value : [value];
    return tests.some((test) => values.some(test));
  };
}

function valueAt(event: unknown, name: string): unknown {
  return isRecord(event) && Object.hasOwn(event, name) ? event[name] : undefined;
}

function testOf(condition: unknown): Test {
  if (!isRecord(condition)) return (value) => value === condition;
  const [operator = '', ...others] = Object.keys(condition);
  const make = Object.hasOwn(OPERATORS, operator) ? OPERATORS[operator] : undefined;
  if (make === undefined || others.length > 0)
    throw new EventPatternError(`${Object.keys(condition)} is not matched here`);
  return make(condition[operator]);
}

const OPERATORS: Readonly<Record<string, (operand: unknown) => Test>> = {
  prefix: (operand) => onText(operand, (text, start) => text.startsWith(start)),
  suffix: (operand) => onText(operand, (text, end) => text.endsWith(end)),
  'equals-ignore-case': (operand) => onText(operand, (text, other) => text.toLowerCase() === other.toLowerCase()),
  wildcard: (operand) => onText(operand, (text, shape) => wildcards(shape)(text)),
  exists: (operand) => (value) => (value !== undefined) === (operand === true),
  'anything-but': (operand) => {
    const tests = (Array.isArray(operand) ? operand : [operand]).map(testOf);
    return (value) => value !== undefined && !tests.some((test) => test(value));
  },
  numeric: (operand) => numeric(list(operand)),
};

/** `{ "prefix": { "equals-ignore-case": "a" } }` ignores case, too. */
function onText(operand: unknown, test: (text: string, operand: string) => boolean): Test {
  const inner = isRecord(operand) ? operand['equals-ignore-case'] : undefined;
  if (typeof inner === 'string')
    return (value) => typeof value === 'string' && test(value.toLowerCase(), inner.toLowerCase());
  if (typeof operand !== 'string') throw new EventPatternError(`${JSON.stringify(operand)} is no string`);
  return (value) => typeof value === 'string' && test(value, operand);
}

const COMPARISONS: Readonly<Record<string, (value: number, limit: number) => boolean>> = {
  '=': (value, limit) => value === limit,
  '<': (value, limit) => value < limit,
  '<=': (value, limit) => value <= limit,
  '>': (value, limit) => value > limit,
  '>=': (value, limit) => value >= limit,
};

/** `[">", 0, "<=", 5]`: both hold. */
function numeric(operand: readonly unknown[]): Test {
  const tests: ((value: number) => boolean)[] = [];
  for (let index = 0; index < operand.length; index += 2) {
    const compare = COMPARISONS[String(operand[index])];
    const limit = operand[index + 1];
    if (compare === undefined || typeof limit !== 'number')
      throw new EventPatternError(`numeric ${JSON.stringify(operand)} is not understood`);
    tests.push((value) => compare(value, limit));
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
}
