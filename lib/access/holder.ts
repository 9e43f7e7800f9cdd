import type { Api } from '../definition/api.ts';
import { exclusivePairs } from '../definition/exclusive.ts';
import { permissionsOf } from '../definition/roles.ts';

/** A role for a while, as a token's claim `elevated` lists it. */
export interface Elevation {
  readonly role: string;
  /** Epoch seconds; from then on the role gives nothing. */
  readonly until: number;
}

/** What a proven token says of its holder's rights. */
export interface Holder {
  readonly roles: readonly string[];
  /** Default: none. */
  readonly scopes?: readonly string[];
  /** Default: none. */
  readonly elevated?: readonly Elevation[];
}

/** Why a role of a holder counts or does not. */
export type RoleVerdict = 'held' | 'default' | 'elevated' | 'unknown' | 'ended' | 'exclusive';

/** A role of a holder with its verdict; `until` of temporary ones, `excludedBy` of exclusive ones. */
export interface EvaluatedRole {
  readonly role: string;
  readonly verdict: RoleVerdict;
  readonly until?: number;
  readonly excludedBy?: string;
}

/**
 * Judges each role of a holder, once: those of the token, temporary ones, the default role. Of two roles that exclude each
 * other neither counts.
 *
 * @param nowSeconds epoch seconds.
 */
export function evaluateRoles(api: Api, holder: Holder, nowSeconds: number): readonly EvaluatedRole[] {
  const found = new Map<string, EvaluatedRole>();
  const isKnown = (role: string) => Object.hasOwn(api.roles.byName, role);
  for (const role of holder.roles) found.set(role, { role, verdict: isKnown(role) ? 'held' : 'unknown' });
  const { defaultRole } = api;
  if (defaultRole !== undefined && !found.has(defaultRole)) {
    found.set(defaultRole, { role: defaultRole, verdict: 'default' });
  }
  for (const { role, until } of lastFirst(holder.elevated ?? [])) {
    const verdict = until > nowSeconds ? 'elevated' : 'ended';
    if (!found.has(role)) found.set(role, { role, verdict: isKnown(role) ? verdict : 'unknown', until });
  }
  return withoutExclusive(api, [...found.values()]);
}

/** The roles that count. */
export function countingRoles(judged: readonly EvaluatedRole[]): readonly string[] {
  return judged.filter(counts).map(({ role }) => role);
}

/** The permissions of several roles together, sorted. */
export function permissionsOfAll(api: Api, roles: readonly string[]): readonly string[] {
  return [...new Set(roles.flatMap((role) => permissionsOf(api.roles.byName, role)))].sort();
}

function withoutExclusive(api: Api, judged: readonly EvaluatedRole[]): readonly EvaluatedRole[] {
  const held = countingRoles(judged);
  const pairs = exclusivePairs(api.roles.byName).filter((pair) => pair.every((role) => held.includes(role)));
  return judged.map((one) => {
    const excludedBy = pairs.find((pair) => pair.includes(one.role))?.find((role) => role !== one.role);
    return excludedBy !== undefined && counts(one) ? { ...one, verdict: 'exclusive', excludedBy } : one;
  });
}

function counts({ verdict }: EvaluatedRole): boolean {
  return verdict === 'held' || verdict === 'default' || verdict === 'elevated';
}

function lastFirst(elevations: readonly Elevation[]): readonly Elevation[] {
  return [...elevations].sort((a, b) => b.until - a.until);
}
