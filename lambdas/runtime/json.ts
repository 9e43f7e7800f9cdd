import { type JsonFault, jsonFault } from '../shared/json.ts';
import { HttpProblem } from './problem.ts';

const DETAILS: Readonly<Record<Exclude<JsonFault, 'too-deep'>, string>> = {
  'number-out-of-range': 'A number is out of range.',
  'text-not-well-formed': 'A text is not well-formed Unicode.',
  'name-rejected': 'A name is refused.',
  'name-repeated': 'A name is repeated.',
};

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
    throw new HttpProblem('malformed-json', 'The body is not JSON.');
  }
  const fault = jsonFault(text, maxDepth);
  if (fault === undefined) return value;
  const detail = fault === 'too-deep' ? `The body has more than ${maxDepth} levels.` : DETAILS[fault];
  throw new HttpProblem('malformed-json', detail);
}
