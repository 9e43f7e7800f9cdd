import { FilterPatternError } from './error.ts';
import { type Comparison, type JsonCondition, type Operand, parseJsonPattern, type Selector } from './json.ts';
import { matchesTerms, parseTermPattern, type TermPattern } from './terms.ts';

/** Whether a condition holds for a parsed event. */
type EventTest = (event: unknown) => boolean;

/** A filter pattern that was understood, ready to be matched. */
export type FilterPattern =
  | { readonly kind: 'json'; readonly holds: EventTest }
  | { readonly kind: 'terms'; readonly terms: TermPattern };

/**
 * Reads a CloudWatch Logs filter pattern: `{ … }` for JSON events, else terms.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
 *
 * @throws {FilterPatternError} for regular expressions (`%…%`), space-delimited patterns (`[…]`) and faults
 */
export function parseFilterPattern(pattern: string): FilterPattern {
  const text = pattern.trim();
  if (text.startsWith('{')) return { kind: 'json', holds: compile(parseJsonPattern(text)) };
  if (text.startsWith('[')) throw new FilterPatternError('patterns for space-delimited events are not matched here');
  return { kind: 'terms', terms: parseTermPattern(text) };
}

/**
 * Whether a log event matches a filter pattern.
 *
 * @param message the text of the event
 * @param json the event parsed, or `undefined` when it is no JSON object: then no JSON pattern matches
 */
export function matchesPattern(pattern: FilterPattern, message: string, json: unknown): boolean {
  if (pattern.kind === 'terms') return matchesTerms(pattern.terms, message);
  return json !== undefined && pattern.holds(json);
}

/** The value at a selector, or `undefined`. Only members of the event itself are seen. */
export function select(selector: Selector, event: unknown): unknown {
  let value = event;
  for (const step of selector) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Readonly<Record<string | number, unknown>>)[step];
  }
  return value;
}

/** Once for each filter, because each event of a log group meets all of its filters. */
function compile(condition: JsonCondition): EventTest {
  if ('parts' in condition) {
    const parts = condition.parts.map(compile);
    if (condition.kind === 'all') return (event) => parts.every((holds) => holds(event));
    return (event) => parts.some((holds) => holds(event));
  }
  const { selector } = condition;
  switch (condition.kind) {
    case 'compare': {
      const { operator, value } = condition;
      // Most conditions compare text that is no number.
      if (operator === '=' && value.number === undefined && value.matches === undefined) {
        return (event) => textOf(select(selector, event)) === value.text;
      }
      return (event) => compares(select(selector, event), operator, value);
    }
    case 'exists':
      return (event) => select(selector, event) !== undefined;
    case 'not-exists':
      return (event) => select(selector, event) === undefined;
    case 'null':
      return (event) => select(selector, event) === null;
    default:
      return (event) => select(selector, event) === (condition.kind === 'true');
  }
}

/** The text of a string, a number or a boolean. */
function textOf(found: unknown): string | undefined {
  if (typeof found === 'string') return found;
  return typeof found === 'number' || typeof found === 'boolean' ? String(found) : undefined;
}

/** An absent member, an object or an array matches no comparison, not even `!=`. */
function compares(found: unknown, operator: Comparison, value: Operand): boolean {
  if (typeof found !== 'string' && typeof found !== 'number' && typeof found !== 'boolean') return false;
  const number = asNumber(found);
  switch (operator) {
    case '=':
      return equals(found, number, value);
    case '!=':
      return !equals(found, number, value);
    case '<':
      return number < numberOf(value);
    case '>':
      return number > numberOf(value);
    case '<=':
      return number <= numberOf(value);
    case '>=':
      return number >= numberOf(value);
  }
}

function equals(found: string | number | boolean, number: number, value: Operand): boolean {
  if (value.number !== undefined && !Number.isNaN(number)) return number === value.number;
  return value.matches === undefined ? String(found) === value.text : value.matches(String(found));
}

/** Access-log formats write numbers as text, `"status":"401"`: such text compares as the number it reads as. */
function asNumber(found: string | number | boolean): number {
  if (typeof found === 'number') return found;
  return typeof found === 'string' && found.trim() !== '' ? Number(found) : Number.NaN;
}

const numberOf = (value: Operand) => value.number ?? Number.NaN;
