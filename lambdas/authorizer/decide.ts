import type { AccessPolicy, RequiredAccess } from '../../lib/definition/projected.ts';

/**
 * The permissions that roles give together, sorted. Roles that the policy does not know give none.
 */
export function permissionsOf(byRole: AccessPolicy['roles'], roles: readonly string[]): readonly string[] {
  const found = new Set<string>();
  for (const role of roles) {
    if (Object.hasOwn(byRole, role)) for (const permission of byRole[role] ?? []) found.add(permission);
  }
  return [...found].sort();
}

/**
 * Whether a caller with a valid token and these permissions may use a route. The authorizer and the handlers decide by
 * this one function; callers without a token never get to it.
 */
export function isPermitted(access: RequiredAccess, permissions: readonly string[]): boolean {
  return access.kind === 'permission' ? permissions.includes(access.permission) : true;
}
