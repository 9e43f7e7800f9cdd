import type { Condition, Operator, Read } from './query.ts';

/** Whether a condition holds for an event or a row. A field that is missing matches nothing but `!=` and `not`. */
export function holds(condition: Condition, read: Read): boolean {
  switch (condition.kind) {
    case 'and':
      return condition.parts.every((part) => holds(part, read));
    case 'or':
      return condition.parts.some((part) => holds(part, read));
    case 'not':
      return !holds(condition.part, read);
    case 'present':
      return read(condition.field) !== undefined;
    case 'like': {
      const text = textOf(read(condition.field));
      return text !== undefined && condition.pattern.test(text);
    }
    case 'in':
      return condition.values.some((value) => compares(read(condition.field), '=', value));
    case 'compare':
      return compares(read(condition.field), condition.operator, condition.value);
  }
}

/** Numbers are compared as numbers, also those in strings when they are compared with a number. */
function compares(value: unknown, operator: Operator, expected: string | number): boolean {
  const text = textOf(value);
  if (text === undefined) return operator === '!=';
  const [one, other] = typeof expected === 'number' ? [numberOf(value), expected] : [text, expected];
  if (one === undefined) return operator === '!=';
  switch (operator) {
    case '=':
      return one === other;
    case '!=':
      return one !== other;
    case '<':
      return one < other;
    case '<=':
      return one <= other;
    case '>':
      return one > other;
    case '>=':
      return one >= other;
  }
}

/** A value as a result shows it; undefined for one that is missing. */
export function textOf(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' ? value : typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The number in a value, also in a string. */
export function numberOf(value: unknown): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
