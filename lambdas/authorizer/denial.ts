import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { type Grants, missingGrant, permissionsOf } from '../shared/grants.ts';
import { DENIALS, PERMISSION_OR_SCOPE, type ProblemCodeOf } from '../shared/problems.ts';
import type { TokenCaller } from './caller.ts';
import type { DenyReason } from './reasons.ts';

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

/** The part of a caller that a denial depends on. */
export type Denied = Grants & Pick<TokenCaller, 'ignored'>;

/** Why a caller misses a grant for a route: it has none, or has one by a role that excludes another of its roles. */
export function missingReason(
  { roles }: Pick<AccessPolicy, 'roles'>,
  { access }: Pick<AccessPolicy['routes'][number], 'access'>,
  caller: Denied,
): DenyReason | undefined {
  const missing = missingGrant(access, caller);
  if (missing !== 'permission-missing') return missing;
  const dropped = permissionsOf(roles, caller.ignored.exclusive);
  const excluded = missingGrant(access, { permissions: dropped, scopes: caller.scopes }) !== 'permission-missing';
  return excluded ? 'roles-exclusive' : missing;
}

/**
 * Every reason for which a route denies a caller, sorted, space-separated: mostly one. The access log has it on each line, also where
 * the gateway cached the decision, so it must not depend on the request that made it.
 */
export function denialReasons(policy: AccessPolicy, caller: Denied): string {
  const reasons = policy.routes.flatMap((route): readonly DenyReason[] => {
    const missing = missingReason(policy, route, caller);
    if (missing !== undefined) return [missing];
    return route.where === undefined ? [] : ['claim-mismatch'];
  });
  return [...new Set(reasons)].sort().join(' ');
}
