import type { Api } from '../definition/api.ts';
import { exclusivePairs } from '../definition/exclusiveRoles.ts';
import { permissionsOf } from '../definition/roles.ts';

/** A temporary role, as the claim `elevated` of a token lists it. */
export interface Elevation {
  readonly role: string;
  /** Epoch seconds; from then on the role grants nothing. */
  readonly until: number;
}

/** What a verified token grants: roles, scopes and temporary roles. */
export interface TokenRights {
  readonly roles: readonly string[];
  /** Default: none. */
  readonly scopes?: readonly string[];
  /** Default: none. */
  readonly elevated?: readonly Elevation[];
}

/** Why a role of the caller is active (`held`, `default`, `elevated`) or not. */
export type RoleStatus = 'held' | 'default' | 'elevated' | 'unknown' | 'ended' | 'exclusive';

/** A role of the caller with its status; `until` for temporary roles, `excludedBy` for exclusive ones. */
export interface EvaluatedRole {
  readonly role: string;
  readonly status: RoleStatus;
  readonly until?: number;
  readonly excludedBy?: string;
}

/**
 * Evaluates each role of a caller once: the roles of the token, temporary roles and the default role. Of two roles that exclude
 * each other, neither is active.
 *
 * @param nowSeconds epoch seconds.
 */
export function evaluateRoles(api: Api, rights: TokenRights, nowSeconds: number): readonly EvaluatedRole[] {
  const found = new Map<string, EvaluatedRole>();
  const isKnown = (role: string) => Object.hasOwn(api.roles.byName, role);
  for (const role of rights.roles) found.set(role, { role, status: isKnown(role) ? 'held' : 'unknown' });
  const { defaultRole } = api;
  if (defaultRole !== undefined && !found.has(defaultRole)) {
    found.set(defaultRole, { role: defaultRole, status: 'default' });
  }
  for (const { role, until } of lastFirst(rights.elevated ?? [])) {
    const status = until > nowSeconds ? 'elevated' : 'ended';
    if (!found.has(role)) found.set(role, { role, status: isKnown(role) ? status : 'unknown', until });
  }
  return withoutExclusive(api, [...found.values()]);
}

/** The roles that grant their permissions. */
export function activeRoles(evaluated: readonly EvaluatedRole[]): readonly string[] {
  return evaluated.filter(isActive).map(({ role }) => role);
}

/** The permissions of several roles together, sorted. */
export function permissionsOfAll(api: Api, roles: readonly string[]): readonly string[] {
  return [...new Set(roles.flatMap((role) => permissionsOf(api.roles.byName, role)))].sort();
}

function withoutExclusive(api: Api, evaluated: readonly EvaluatedRole[]): readonly EvaluatedRole[] {
  const held = activeRoles(evaluated);
  const pairs = exclusivePairs(api.roles.byName).filter((pair) => pair.every((role) => held.includes(role)));
  return evaluated.map((one) => {
    const excludedBy = pairs.find((pair) => pair.includes(one.role))?.find((role) => role !== one.role);
    return excludedBy !== undefined && isActive(one) ? { ...one, status: 'exclusive', excludedBy } : one;
  });
}

function isActive({ status }: EvaluatedRole): boolean {
  return status === 'held' || status === 'default' || status === 'elevated';
}

function lastFirst(elevations: readonly Elevation[]): readonly Elevation[] {
  return [...elevations].sort((a, b) => b.until - a.until);
}
