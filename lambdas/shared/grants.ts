import type { Ownership, RequiredAccess } from '../../lib/definition/access.ts';
import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';

/** What a caller has: permissions of its roles, and scopes of its token. */
export interface Grants {
  readonly permissions: readonly string[];
  readonly scopes: readonly string[];
}

/** What a caller with a valid token is missing for a route. */
export type MissingGrant = 'permission-missing' | 'scope-missing';

/** The permissions of all roles together, sorted. Roles that the policy does not know have none. */
export function permissionsOf(byRole: AccessPolicy['roles'], roles: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const role of roles) {
    if (Object.hasOwn(byRole, role)) for (const permission of byRole[role] ?? []) found.add(permission);
  }
  return [...found].sort();
}

/**
 * Removes roles that exclude each other (separation of duties): of an exclusive pair that is held together, neither counts.
 */
export function compatibleRoles(exclusive: AccessPolicy['exclusive'], roles: readonly string[]): readonly string[] {
  if (exclusive.length === 0) return roles;
  const dropped = new Set(exclusive.filter((pair) => pair.every((role) => roles.includes(role))).flat());
  return roles.filter((role) => !dropped.has(role));
}

/**
 * Returns what a caller with a valid token is missing for a route; undefined if nothing. The authorizer and the handlers both
 * decide with this function.
 */
export function missingGrant(access: RequiredAccess, { permissions, scopes }: Grants): MissingGrant | undefined {
  if (access.kind === 'permission' && !permissions.includes(access.permission)) return 'permission-missing';
  const needed = access.kind === 'permission' || access.kind === 'scopes' ? (access.scopes ?? []) : [];
  return needed.every((scope) => scopes.includes(scope)) ? undefined : 'scope-missing';
}

/** What a route needs, for people: `document:write`, `note:read, scope notes.read`; undefined where a valid token, or nothing, is enough. */
export function neededGrants(access: RequiredAccess): string | undefined {
  if (access.kind !== 'permission' && access.kind !== 'scopes') return undefined;
  const permission = access.kind === 'permission' ? [access.permission] : [];
  return [...permission, ...(access.scopes ?? []).map((scope) => `scope ${scope}`)].join(', ');
}

/** Whether a caller with a valid token is allowed to use a route. */
export function isPermitted(access: RequiredAccess, grants: Grants): boolean {
  return missingGrant(access, grants) === undefined;
}

/** The caller that an ownership rule checks. */
export interface OwnerCandidate {
  readonly id: string;
  readonly permissions: readonly string[];
}

/**
 * Whether an ownership rule allows the caller to use a resource: the caller created it, or has the permission of the
 * exception. A resource without a creator belongs to nobody.
 */
export function isOwner(
  { field, unless }: Ownership,
  { id, permissions }: OwnerCandidate,
  resource: Readonly<Record<string, unknown>>,
): boolean {
  if (unless !== undefined && permissions.includes(unless)) return true;
  return id !== '' && Object.hasOwn(resource, field) && resource[field] === id;
}
