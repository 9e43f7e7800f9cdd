import { type JsonFault, jsonFault } from '../shared/json.ts';
import { HttpProblem } from './problem.ts';

const DETAILS: Readonly<Record<Exclude<JsonFault, 'too-deep'>, string>> = {
  'number-out-of-range': 'A number is out of range.',
  'string-not-well-formed': 'A string is not well-formed Unicode.',
  'name-rejected': 'A name is not allowed.',
  'name-repeated': 'A name is repeated.',
};

/**
 * Parses JSON (RFC 8259) strictly: besides what `JSON.parse` rejects (a BOM, trailing text, comments), it rejects
 * repeated names, names that reach prototypes, more levels than allowed, numbers beyond the range of a double and
 * halves of surrogate pairs, because other parsers read these differently.
 *
 * @throws {HttpProblem} `malformed-json`
 */
export function parseStrictJson(text: string, maxDepth: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new HttpProblem('malformed-json', 'The body is not JSON.');
  }
  const fault = jsonFault(text, maxDepth);
  if (fault === undefined) return value;
  const detail = fault === 'too-deep' ? `The body has more than ${maxDepth} levels.` : DETAILS[fault];
  throw new HttpProblem('malformed-json', detail);
}
