import type { InputRules } from '../../lib/definition/input.ts';
import { escapeStep } from '../shared/json.ts';
import { redactedAndCut } from '../shared/redact.ts';
import { HttpProblem, type RequestFault } from './problem.ts';

/** Longer pointers are cut: they hold names that the client chose. */
const MAX_POINTER = 256;

/**
 * Rejects a parsed body that is larger than its route allows, also where its schema allows any value: number of names,
 * characters of a string, items of a list. It stops at the first fault, so a large body costs no more than the limit.
 *
 * @throws {HttpProblem} `invalid-request`
 */
export function checkBodyLimits(body: unknown, input: InputRules): void {
  count(body, undefined, 0, input);
}

/** Where a value is: only of a fault, it becomes a pointer. Undefined is the body itself. */
type Location = { readonly above: Location; readonly step: string | number } | undefined;

/** Returns the number of names seen so far. */
function count(value: unknown, at: Location, seen: number, input: InputRules): number {
  if (typeof value === 'string') checkString(value, at, input);
  if (typeof value !== 'object' || value === null) return seen;
  let names = seen;
  if (Array.isArray(value)) {
    if (value.length > input.maxArrayItems) reject(at, 'too-many', `must have at most ${input.maxArrayItems} items`);
    for (let step = 0; step < value.length; step += 1) names = count(value[step], { above: at, step }, names, input);
    return names;
  }
  for (const name of Object.keys(value)) {
    names += 1;
    if (names > input.maxKeys) reject(undefined, 'too-many', `must have at most ${input.maxKeys} names in all`);
    checkString(name, at, input);
    names = count((value as Readonly<Record<string, unknown>>)[name], { above: at, step: name }, names, input);
  }
  return names;
}

function checkString(value: string, at: Location, { maxStringLength }: InputRules): void {
  // UTF-16 units are never fewer than characters, so most strings need no count.
  if (value.length <= maxStringLength || [...value].length <= maxStringLength) return;
  reject(at, 'too-long', `must have at most ${maxStringLength} characters`);
}

function pointerTo(at: Location): string {
  return at === undefined ? '' : `${pointerTo(at.above)}/${escapeStep(String(at.step))}`;
}

function reject(at: Location, code: string, message: string): never {
  const fault: RequestFault = { pointer: redactedAndCut(pointerTo(at), MAX_POINTER), code, message };
  throw new HttpProblem('invalid-request', 'The request is not valid.', [fault]);
}
