import { DENIALS, PERMISSION_OR_SCOPE, type ProblemCodeOf } from '../shared/problems.ts';
import { isEmpty } from './bits.ts';
import type { RouteAccess } from './routeAccess.ts';

/** What a caller gets for a request that the policy denies. */
export interface Denial {
  readonly code: ProblemCodeOf<'authorizer'>;
  readonly detail: string;
}

export const CLIENT_SUSPENDED: Denial = { code: 'client-suspended', detail: DENIALS['client-suspended'] };

/**
 * The denial of a caller, for every route that its policy denies: API Gateway caches the result for the token, so it must not
 * depend on the request that made it. It says that a scope is missing where nothing else is missing on any of these routes, and where
 * both occur, that it is one of the two. The handlers know the route, and name the scopes.
 *
 * @param hasComparison whether some route of the API compares a path parameter with a claim.
 */
export function denialOf({ permissionMissing, scopeMissing }: RouteAccess, hasComparison: boolean): Denial {
  if (isEmpty(scopeMissing)) return { code: 'forbidden', detail: DENIALS.forbidden };
  return isEmpty(permissionMissing) && !hasComparison
    ? { code: 'insufficient-scope', detail: DENIALS['insufficient-scope'] }
    : { code: 'forbidden', detail: PERMISSION_OR_SCOPE };
}
