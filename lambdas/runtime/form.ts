import type { FormRules, ParameterKind } from '../../lib/definition/bundledTypes.ts';
import type { InputRules } from '../../lib/definition/input.ts';
import { escapeStep, isRejectedName } from '../shared/json.ts';
import { shownName } from '../shared/redact.ts';
import { coerce } from './parameters.ts';
import { HttpProblem, type RequestFault } from './problem.ts';

/** A `%` that does not start two hexadecimal digits. */
const BAD_ESCAPE = /%(?![\da-f]{2})/i;
/** A field that no schema names, and none describes. */
const UNKNOWN: ParameterKind = { type: 'string', list: false };

/**
 * Parses a form (URL standard, section 5.1) strictly: besides what the standard ignores, it rejects `%` without two digits, bytes
 * that are not UTF-8 and names that reach prototypes. Each value becomes what its schema says, by the rules of query parameters.
 *
 * @param faults get what cannot be converted, and fields that are repeated although their schema is no list.
 * @throws {HttpProblem} `malformed-form`, or `invalid-request` for more pairs than the route takes.
 */
export function parseForm(
  text: string,
  { fields, others = UNKNOWN }: FormRules,
  input: InputRules,
  faults: RequestFault[],
): Readonly<Record<string, unknown>> {
  const strings = new Map<string, string[]>();
  for (const [name, value] of pairsOf(text, input.maxKeys)) {
    const values = strings.get(name);
    if (values === undefined) strings.set(name, [value]);
    else values.push(value);
  }
  const entries = [...strings].map(([name, values]) => {
    const kind = Object.hasOwn(fields, name) ? (fields[name] ?? others) : others;
    return [name, fieldValue(name, values, kind, faults)] as const;
  });
  // As a property and never as a prototype, whatever the name is.
  return Object.fromEntries(entries);
}

function pairsOf(text: string, maxPairs: number): readonly (readonly [name: string, value: string])[] {
  // One more for the `&` with which some senders end a form.
  const sequences = text.split('&', maxPairs + 2);
  const written = sequences.filter((sequence) => sequence !== '');
  if (sequences.length > maxPairs + 1 || written.length > maxPairs) {
    const fault: RequestFault = {
      pointer: '',
      code: 'too-many',
      message: `must have at most ${maxPairs} fields in all`,
    };
    throw new HttpProblem('invalid-request', 'The request is not valid.', [fault]);
  }
  return written.map((sequence) => {
    const end = sequence.indexOf('=');
    const name = decoded(end === -1 ? sequence : sequence.slice(0, end));
    if (isRejectedName(name)) throw new HttpProblem('malformed-form', 'A name is not allowed.');
    return [name, end === -1 ? '' : decoded(sequence.slice(end + 1))] as const;
  });
}

function decoded(text: string): string {
  const spaced = text.replaceAll('+', ' ');
  if (!spaced.includes('%')) return spaced;
  if (BAD_ESCAPE.test(spaced))
    throw new HttpProblem('malformed-form', 'A % is not followed by two hexadecimal digits.');
  try {
    return decodeURIComponent(spaced);
  } catch {
    throw new HttpProblem('malformed-form', 'A name or value is not UTF-8.');
  }
}

function fieldValue(
  name: string,
  strings: readonly string[],
  { type, list }: ParameterKind,
  faults: RequestFault[],
): unknown {
  const at = { pointer: `/${escapeStep(shownName(name))}` };
  if (!list && strings.length > 1) {
    faults.push({ ...at, code: 'repeated', message: 'must be given once' });
    return undefined;
  }
  const values = strings.map((value) => coerce(value, type));
  if (values.includes(undefined)) faults.push({ ...at, code: 'type', message: `must be ${type}` });
  return list ? values : values[0];
}
