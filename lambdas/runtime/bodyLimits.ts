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
  count(body, '', 0, input);
}

/** Returns the number of names seen so far. */
function count(value: unknown, pointer: string, seen: number, input: InputRules): number {
  if (typeof value === 'string') checkString(value, pointer, input);
  if (typeof value !== 'object' || value === null) return seen;
  if (Array.isArray(value)) {
    if (value.length > input.maxArrayItems)
      reject(pointer, 'too-many', `must have at most ${input.maxArrayItems} items`);
    return value.reduce<number>((names, item, index) => count(item, `${pointer}/${index}`, names, input), seen);
  }
  let names = seen;
  for (const [name, child] of Object.entries(value)) {
    names += 1;
    if (names > input.maxKeys) reject('', 'too-many', `must have at most ${input.maxKeys} names in all`);
    checkString(name, pointer, input);
    names = count(child, `${pointer}/${escapeStep(name)}`, names, input);
  }
  return names;
}

function checkString(value: string, pointer: string, { maxStringLength }: InputRules): void {
  // UTF-16 units are never fewer than characters, so most strings need no count.
  if (value.length <= maxStringLength || [...value].length <= maxStringLength) return;
  reject(pointer, 'too-long', `must have at most ${maxStringLength} characters`);
}

function reject(pointer: string, code: string, message: string): never {
  const fault: RequestFault = { pointer: redactedAndCut(pointer, MAX_POINTER), code, message };
  throw new HttpProblem('invalid-request', 'The request is not valid.', [fault]);
}
