import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { type Grants, missingGrant } from '../shared/grants.ts';
import { DENIALS, PERMISSION_OR_SCOPE, type ProblemCodeOf } from '../shared/problems.ts';

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
 */
export function denialOf({ routes }: AccessPolicy, grants: Grants): Denial {
  const missing = routes.map(({ access }) => missingGrant(access, grants)).filter((reason) => reason !== undefined);
  if (!missing.includes('scope-missing')) return { code: 'forbidden', detail: DENIALS.forbidden };
  const onlyScopes =
    missing.every((reason) => reason === 'scope-missing') && routes.every(({ where }) => where === undefined);
  return onlyScopes
    ? { code: 'insufficient-scope', detail: DENIALS['insufficient-scope'] }
    : { code: 'forbidden', detail: PERMISSION_OR_SCOPE };
}
