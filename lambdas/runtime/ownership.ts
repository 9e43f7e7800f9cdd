import type { Caller, Owner } from '../../lib/definition/handlers.ts';
import type { Ownership } from '../../lib/definition/ownership.ts';
import type { RouteContract } from '../../lib/definition/projected.ts';
import { isOwner } from '../shared/grants.ts';
import { HttpProblem } from './problem.ts';

/** A handler answered without asking whether the resource is the caller's; a fault of ours, answered with 500. */
class OwnershipUnchecked extends Error {
  /** `route` is the name of the route, whose rule was not applied. */
  constructor(route: string) {
    super(`the handler of ${route} answered without asking caller.owns, as the ownership rule of the route demands`);
    this.name = 'OwnershipUnchecked';
  }
}

/**
 * Runs a handler with the caller that it is to see: on a route with an ownership rule one who can be asked whether a
 * resource is his. A rule that the handler forgets to ask for must not be an open door.
 *
 * @throws {OwnershipUnchecked} when the handler answers without having asked.
 */
export async function withOwner(
  { id, ownership }: Pick<RouteContract, 'id' | 'ownership'>,
  caller: Caller | undefined,
  run: (caller: Caller | undefined) => unknown,
): Promise<unknown> {
  if (ownership === undefined || caller === undefined) return run(caller);
  const check = ownerCheck(ownership, caller);
  const given = await run(check.caller);
  if (!check.asked()) throw new OwnershipUnchecked(id);
  return given;
}

/** Gives a caller the questions of a route's ownership rule, and remembers whether somebody asked. */
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
