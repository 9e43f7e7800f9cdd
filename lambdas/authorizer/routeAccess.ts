import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import type { CallerClaims } from '../shared/callerClaims.ts';
import { addAll, addBit, type Bits, bitCount, hasBit, inBoth, isEmpty, noBits, removeAll } from './bits.ts';
import type { DenyReason } from './reasons.ts';

/** The part of a caller that its access depends on. */
export interface Holder {
  /** Roles that count. */
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly claims: CallerClaims;
  /** Roles without effect, because they exclude each other. */
  readonly ignored: { readonly exclusive: readonly string[] };
}

/** What a caller is missing, for all routes of an API at once: sets of routes by their index in the access policy. */
export interface RouteAccess {
  readonly permissionMissing: Bits;
  /** Of these, those whose permission the caller has by a role that excludes another one of its roles. */
  readonly excluded: Bits;
  /** Routes whose permission the caller has, and not all scopes. */
  readonly scopeMissing: Bits;
  /** Routes that compare a path parameter with a claim, and whose grants the caller has. */
  readonly compared: Bits;
  /** Everything that the caller is allowed to use; of the compared routes, what equals its claims. */
  readonly allowed: Bits;
}

/**
 * Makes the function that looks up the access of a caller. What each role, scope and claim opens is collected once, so that a lookup takes
 * a step for each role, not for each role and route. It decides as `missingGrant` of the handlers does.
 */
export function routeAccess({ roles, routes }: AccessPolicy): (holder: Holder) => RouteAccess {
  const size = routes.length;
  const needing = new Map<string, number[]>();
  const byScope = new Map<string, Bits>();
  const byClaim = new Map<string, Bits>();
  const compared = noBits(size);
  const protectedRoutes = noBits(size);
  const add = (sets: Map<string, Bits>, name: string, route: number) => {
    const bits = sets.get(name) ?? noBits(size);
    sets.set(name, bits);
    addBit(bits, route);
  };
  routes.forEach(({ access, where = {} }, i) => {
    if (access.kind === 'permission') {
      const others = needing.get(access.permission);
      if (others === undefined) needing.set(access.permission, [i]);
      else others.push(i);
      addBit(protectedRoutes, i);
    }
    const scopes = access.kind === 'permission' || access.kind === 'scopes' ? (access.scopes ?? []) : [];
    for (const scope of scopes) add(byScope, scope, i);
    for (const claim of Object.values(where)) {
      add(byClaim, claim, i);
      addBit(compared, i);
    }
  });
  const byRole = new Map(
    Object.entries(roles).map(([role, permissions]) => {
      const opened = noBits(size);
      for (const permission of permissions) for (const route of needing.get(permission) ?? []) addBit(opened, route);
      return [role, opened] as const;
    }),
  );
  const openedByRoles = (names: readonly string[]) => {
    const opened = noBits(size);
    for (const name of names) addAll(opened, byRole.get(name));
    return opened;
  };
  /** Most callers need it several times, and to allocate a set takes longer than to fill it. */
  const none = noBits(size);
  const missingOf = (sets: ReadonlyMap<string, Bits>, isHeld: (name: string) => boolean) => {
    if (sets.size === 0) return none;
    const missing = noBits(size);
    for (const [name, bits] of sets) if (!isHeld(name)) addAll(missing, bits);
    return missing;
  };
  const all = noBits(size);
  routes.forEach((_, i) => {
    addBit(all, i);
  });

  return ({ roles: held, scopes, claims, ignored }) => {
    const permissionMissing = protectedRoutes.slice();
    for (const name of held) removeAll(permissionMissing, byRole.get(name));
    const scopeSet = new Set(scopes);
    const noScope = missingOf(byScope, (name) => scopeSet.has(name));
    const allowed = all.slice();
    removeAll(allowed, permissionMissing);
    removeAll(allowed, noScope);
    const scopeMissing = noScope.slice();
    removeAll(scopeMissing, permissionMissing);
    const granted = byClaim.size === 0 ? none : inBoth(allowed, compared);
    removeAll(
      allowed,
      missingOf(byClaim, (name) => Object.hasOwn(claims, name)),
    );
    return {
      permissionMissing,
      excluded: ignored.exclusive.length === 0 ? none : inBoth(permissionMissing, openedByRoles(ignored.exclusive)),
      scopeMissing,
      compared: granted,
      allowed,
    };
  };
}

/** What a caller is missing for a route; undefined if nothing, besides claims. */
export function missingReason(access: RouteAccess, route: number): DenyReason | undefined {
  if (hasBit(access.permissionMissing, route)) {
    return hasBit(access.excluded, route) ? 'roles-exclusive' : 'permission-missing';
  }
  return hasBit(access.scopeMissing, route) ? 'scope-missing' : undefined;
}

/**
 * Every reason for which a route denies a caller, sorted, space-separated: mostly one. The access log has it on each line, also where
 * the gateway cached the decision, so it must not depend on the request that made it.
 */
export function denialReasons({ permissionMissing, excluded, scopeMissing, compared }: RouteAccess): string {
  const reasons: DenyReason[] = [];
  if (!isEmpty(compared)) reasons.push('claim-mismatch');
  if (bitCount(permissionMissing) > bitCount(excluded)) reasons.push('permission-missing');
  if (!isEmpty(excluded)) reasons.push('roles-exclusive');
  if (!isEmpty(scopeMissing)) reasons.push('scope-missing');
  return reasons.join(' ');
}
