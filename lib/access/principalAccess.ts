import type { Ownership } from '../definition/access.ts';
import type { AccessPolicy } from '../definition/bundledTypes.ts';
import type { Where } from '../definition/claims.ts';
import { describeWhere } from './describe.ts';

type PolicyRoute = AccessPolicy['routes'][number];

/**
 * Anyone without a token; a sender that signs with a secret; a caller with a token and only the default role; a caller with one more
 * role.
 */
export type Principal =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'sender'; readonly secret: string }
  | { readonly kind: 'caller' }
  | { readonly kind: 'role'; readonly role: string };

/** How a principal is allowed to use a route. */
export interface PrincipalAccess {
  /** Scopes that the token needs. */
  readonly scopes: readonly string[];
  /** Absent where the principal is also allowed to use it for what others own. */
  readonly onlyOwn?: Ownership;
  /** Path parameters that have to equal claims of the caller. */
  readonly where?: Where;
}

/** The permissions of a principal, those of the default role included. */
function permissionsOf(policy: AccessPolicy, principal: Principal): readonly string[] {
  if (principal.kind === 'anyone' || principal.kind === 'sender') return [];
  const roles = [principal.kind === 'role' ? principal.role : undefined, policy.defaultRole];
  return roles.flatMap((role) =>
    role !== undefined && Object.hasOwn(policy.roles, role) ? (policy.roles[role] ?? []) : [],
  );
}

/** How a principal is allowed to use a route; undefined where access is denied. */
export function principalAccess(
  policy: AccessPolicy,
  principal: Principal,
  route: PolicyRoute | undefined,
): PrincipalAccess | undefined {
  if (route === undefined) return undefined;
  const { access, ownership, where } = route;
  if (access.kind === 'public') return { scopes: [] };
  // Neither a token nor a role replaces the signature.
  if (access.kind === 'webhook') {
    return principal.kind === 'sender' && principal.secret === access.secret ? { scopes: [] } : undefined;
  }
  if (principal.kind === 'anyone' || principal.kind === 'sender') return undefined;
  const permissions = permissionsOf(policy, principal);
  if (access.kind === 'permission' && !permissions.includes(access.permission)) return undefined;
  const scopes = access.kind === 'authenticated' ? [] : (access.scopes ?? []);
  const excepted = ownership?.unless !== undefined && permissions.includes(ownership.unless);
  return {
    scopes,
    ...(ownership === undefined || excepted ? {} : { onlyOwn: ownership }),
    ...(where === undefined ? {} : { where }),
  };
}

/** Whether access grew and whether it shrank; neither where it stayed the same. */
export interface PrincipalAccessChange {
  readonly more: boolean;
  readonly less: boolean;
}

/** Compares access before and after a change. A replaced ownership rule counts as both: somebody may gain by the new one. */
export function comparePrincipalAccess(
  before: PrincipalAccess | undefined,
  after: PrincipalAccess | undefined,
): PrincipalAccessChange {
  if (before === undefined || after === undefined) {
    return { more: before === undefined && after !== undefined, less: before !== undefined && after === undefined };
  }
  const rules = { before: rulesOf(before), after: rulesOf(after) };
  const own = { before: before.onlyOwn?.field, after: after.onlyOwn?.field };
  return {
    more: !includesAll(rules.after, rules.before) || (own.before !== undefined && own.after !== own.before),
    less: !includesAll(rules.before, rules.after) || (own.after !== undefined && own.after !== own.before),
  };
}

/** Scopes and comparisons, each of which narrows access. */
function rulesOf({ scopes, where }: PrincipalAccess): readonly string[] {
  return [...scopes, ...comparisonsOf(where)];
}

/** Each comparison of a rule, such as `path.tenantId = claims.tenant`. */
export function comparisonsOf(where: Where = {}): readonly string[] {
  return Object.entries(where).map(([parameter, claim]) => describeWhere({ [parameter]: claim }));
}

function includesAll(all: readonly string[], some: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}
