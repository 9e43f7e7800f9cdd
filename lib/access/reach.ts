import type { Ownership } from '../definition/ownership.ts';
import type { AccessPolicy } from '../definition/projected.ts';

type PolicyRoute = AccessPolicy['routes'][number];

/** Whoever has no token; a caller with a token and no role of its own; a caller with one role beside the default. */
export type Principal =
  | { readonly kind: 'anyone' }
  | { readonly kind: 'caller' }
  | { readonly kind: 'role'; readonly role: string };

/** How a principal may use a route; undefined where it may not. */
export interface Reach {
  /** Scopes that the token has to have. */
  readonly scopes: readonly string[];
  /** Absent where the principal may use it for what others own, too. */
  readonly onlyOwn?: Ownership;
}

/** The permissions of a principal, those of the default role included. */
function permissionsBy(policy: AccessPolicy, principal: Principal): readonly string[] {
  if (principal.kind === 'anyone') return [];
  const roles = [principal.kind === 'role' ? principal.role : undefined, policy.defaultRole];
  return roles.flatMap((role) =>
    role !== undefined && Object.hasOwn(policy.roles, role) ? (policy.roles[role] ?? []) : [],
  );
}

/** How a principal may use a route. */
export function reachOf(policy: AccessPolicy, principal: Principal, route: PolicyRoute | undefined): Reach | undefined {
  if (route === undefined) return undefined;
  const { access, ownership } = route;
  if (access.kind === 'public') return { scopes: [] };
  if (principal.kind === 'anyone') return undefined;
  const permissions = permissionsBy(policy, principal);
  if (access.kind === 'permission' && !permissions.includes(access.permission)) return undefined;
  const scopes = access.kind === 'authenticated' ? [] : (access.scopes ?? []);
  const excepted = ownership?.unless !== undefined && permissions.includes(ownership.unless);
  return ownership === undefined || excepted ? { scopes } : { scopes, onlyOwn: ownership };
}

/** What became more and what became less between two reaches; neither where they are the same. */
export interface ReachChange {
  readonly more: boolean;
  readonly less: boolean;
}

/** Compares two reaches. Where a rule was replaced by another one, somebody may gain by it, so it counts as more, too. */
export function compareReach(before: Reach | undefined, after: Reach | undefined): ReachChange {
  if (before === undefined || after === undefined) {
    return { more: before === undefined && after !== undefined, less: before !== undefined && after === undefined };
  }
  const own = { before: before.onlyOwn?.field, after: after.onlyOwn?.field };
  return {
    more: !includesAll(after.scopes, before.scopes) || (own.before !== undefined && own.after !== own.before),
    less: !includesAll(before.scopes, after.scopes) || (own.after !== undefined && own.after !== own.before),
  };
}

function includesAll(all: readonly string[], some: readonly string[]): boolean {
  return some.every((one) => all.includes(one));
}
