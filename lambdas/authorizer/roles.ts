import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import type { TokenRules } from '../../lib/definition/tokenIssuer.ts';
import { rolesOf, unique } from '../shared/claimValues.ts';
import { compatibleRoles } from '../shared/grants.ts';

/** Maximum unknown roles that are logged. */
const MAX_LOGGED = 16;
/** Maximum temporary roles that are read from one token. */
const MAX_ELEVATIONS = 64;

/** The roles of a token, by their effect. */
export interface HeldRoles {
  /** Roles that count: those of the token that the definition knows, active temporary ones, and the default role. */
  readonly roles: readonly string[];
  /** Epoch seconds at which the first temporary role ends; undefined without one. */
  readonly until: number | undefined;
  /** Not in the definition. */
  readonly unknown: readonly string[];
  /** Held together with a role that excludes them, so they have no effect. */
  readonly exclusive: readonly string[];
  /** Temporary roles that have ended. */
  readonly ended: readonly string[];
}

/** What a token says about roles. */
interface RoleClaims {
  readonly roles: unknown;
  readonly elevated: unknown;
  readonly roleMapping?: TokenRules['roleMapping'];
}

/**
 * Determines the roles of a caller. They come from three sources:
 *
 * - the roles claim, a list, or a string separated by spaces or commas; with a role mapping, what it lists for those values;
 * - the claim `elevated`, `[{ role, until }]`, until they end; `until` is in epoch seconds;
 * - the default role.
 *
 * Roles that exclude each other have no effect, and neither have names that the definition does not know.
 *
 * @param nowSeconds epoch seconds.
 */
export function heldRoles(
  claims: RoleClaims,
  policy: Pick<AccessPolicy, 'roles' | 'exclusive' | 'defaultRole'>,
  nowSeconds: number,
): HeldRoles {
  const isKnown = (role: string) => Object.hasOwn(policy.roles, role);
  const { mapped, unmapped } = mappedRoles(claims);
  const permanent = unique([...mapped, ...(policy.defaultRole === undefined ? [] : [policy.defaultRole])]);
  const elevations = elevationsOf(claims.elevated);
  const temporary = [...elevations.keys()];
  const isActive = (role: string) => (elevations.get(role) ?? 0) > nowSeconds;

  const known = unique([...permanent, ...temporary.filter(isActive)]).filter(isKnown);
  const roles = compatibleRoles(policy.exclusive, known);
  // A permanent role does not end with an elevation to the same role.
  const ends = roles.filter((role) => !permanent.includes(role)).map((role) => elevations.get(role) ?? 0);
  return {
    roles,
    until: ends.length === 0 ? undefined : Math.min(...ends),
    unknown: unique([...[...permanent, ...temporary].filter((role) => !isKnown(role)), ...unmapped]).slice(
      0,
      MAX_LOGGED,
    ),
    exclusive: known.filter((role) => !roles.includes(role)),
    ended: temporary.filter((role) => isKnown(role) && !isActive(role)),
  };
}

/** With a mapping, a value that it does not list gives no role, even if it is the name of one: a directory names its groups. */
function mappedRoles({ roles: claim, roleMapping }: RoleClaims) {
  if (roleMapping === undefined) return { mapped: rolesOf(claim), unmapped: [] };
  const isMapped = (value: string) => Object.hasOwn(roleMapping, value);
  const values = typeof claim === 'string' && isMapped(claim) ? [claim] : rolesOf(claim);
  return {
    mapped: values.filter(isMapped).flatMap((value) => roleMapping[value] ?? []),
    unmapped: values.filter((value) => !isMapped(value)),
  };
}

/** When each temporary role ends, in epoch seconds; entries that are not `{ role, until }` are ignored. */
function elevationsOf(claim: unknown): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (const entry of Array.isArray(claim) ? claim.slice(0, MAX_ELEVATIONS) : []) {
    const { role, until } = (entry ?? {}) as { readonly role?: unknown; readonly until?: unknown };
    if (typeof role !== 'string' || !Number.isSafeInteger(until)) continue;
    ends.set(role, Math.max(Number(until), ends.get(role) ?? 0));
  }
  return ends;
}
