import type { Ownership } from '../../lib/definition/access.ts';
import type { RouteContract } from '../../lib/definition/bundledTypes.ts';
import type { Caller, Owner } from '../../lib/definition/handlers.ts';
import { isOwner } from '../shared/grants.ts';
import { HttpProblem } from './problem.ts';

/** A handler returned without checking that the caller owns the resource: a bug of the API, so the response is 500. */
class OwnershipUnchecked extends Error {
  /** `route` is the name of the route, whose rule was not applied. */
  constructor(route: string) {
    super(`the handler of ${route} returned without calling caller.owns, as the ownership rule of the route demands`);
    this.name = 'OwnershipUnchecked';
  }
}

/**
 * Runs a handler with the caller it sees: on a route with an ownership rule, one with `owns` and `assertOwner`. A rule
 * that the handler forgets to check must not leave the resource open.
 *
 * @throws {OwnershipUnchecked} when the handler returns without having checked.
 */
export function withOwner(
  { id, ownership }: Pick<RouteContract, 'id' | 'ownership'>,
  caller: Caller | undefined,
  run: (caller: Caller | undefined) => unknown,
): unknown {
  return ownership === undefined || caller === undefined ? run(caller) : checkedByHandler(id, ownership, caller, run);
}

async function checkedByHandler(
  id: string,
  ownership: Ownership,
  caller: Caller,
  run: (caller: Caller) => unknown,
): Promise<unknown> {
  const check = ownerCheck(ownership, caller);
  const returned = await run(check.caller);
  if (!check.asked()) throw new OwnershipUnchecked(id);
  return returned;
}

/** Adds the checks of a route's ownership rule to a caller, and records whether the handler called one. */
function ownerCheck(rule: Ownership, caller: Caller): { readonly caller: Caller & Owner; asked(): boolean } {
  let asked = false;
  const owns: Owner['owns'] = (resource) => {
    asked = true;
    return isOwner(rule, caller, resource);
  };
  const assertOwner: Owner['assertOwner'] = (resource) => {
    if (!owns(resource)) throw new HttpProblem('forbidden', 'The resource belongs to another caller.');
  };
  return { caller: { ...caller, owns, assertOwner }, asked: () => asked };
}
