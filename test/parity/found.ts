/** Sorted row names, to compare the rows found with the rows expected. */
import type { Disagreement } from './implementation.ts';
import type { ParityRequest } from './request.ts';
import { TABLE } from './table.ts';

/** The rows of the table that match a condition. */
export function rowsWhere(holds: (row: ParityRequest) => boolean): readonly string[] {
  return TABLE.filter(holds)
    .map(({ name }) => name)
    .sort();
}

/** The rows with a disagreement. */
export function rowsOf(found: readonly Disagreement[]): readonly string[] {
  return [...new Set(found.map(({ row }) => row))].sort();
}

/** Code points of the title or body text that a row sends as JSON; 0 where it sends none. */
export function lengthOf({ body, raw = '{}' }: ParityRequest, property: 'title' | 'body'): number {
  const value = body ?? parsed(raw);
  const text = typeof value === 'object' && value !== null && property in value ? Reflect.get(value, property) : '';
  return typeof text === 'string' ? [...text].length : 0;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
