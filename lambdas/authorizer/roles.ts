import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { compatibleRoles } from '../shared/grants.ts';
import { stringsOf, unique } from '../shared/strings.ts';

/** Names of roles that give nothing, as far as they are logged. */
const MAX_LOGGED = 16;
/** Temporary roles that are read of one token. */
const MAX_ELEVATIONS = 64;

/** The roles of a token, sorted out. */
export interface HeldRoles {
  /** Roles that count: those of the token that the definition knows, live temporary ones, the default role. */
  readonly roles: readonly string[];
  /** Epoch seconds at which the first temporary role ends; undefined without one. */
  readonly until: number | undefined;
  /** Not in the definition. */
  readonly unknown: readonly string[];
  /** Held together with one that they exclude, so they give nothing. */
  readonly exclusive: readonly string[];
  /** Temporary roles whose time is over. */
  readonly ended: readonly string[];
}

/**
 * Finds out which roles a caller has: those of the roles claim (a list, or one text separated by spaces), those of the
 * claim `elevated` (`[{ role, until }]`, `until` in epoch seconds) until their time is over, and the default role. Roles
 * that exclude each other give nothing, and neither do names that the definition does not know.
 *
 * @param nowSeconds epoch seconds.
 */
export function heldRoles(
  claims: { readonly roles: unknown; readonly elevated: unknown },
  policy: Pick<AccessPolicy, 'roles' | 'exclusive' | 'defaultRole'>,
  nowSeconds: number,
): HeldRoles {
  const isKnown = (role: string) => Object.hasOwn(policy.roles, role);
  const lasting = unique([
    ...stringsOf(claims.roles),
    ...(policy.defaultRole === undefined ? [] : [policy.defaultRole]),
  ]);
  const elevations = elevationsOf(claims.elevated);
  const temporary = [...elevations.keys()];
  const isLive = (role: string) => (elevations.get(role) ?? 0) > nowSeconds;

  const known = unique([...lasting, ...temporary.filter(isLive)]).filter(isKnown);
  const roles = compatibleRoles(policy.exclusive, known);
  // What a caller has for good does not end with an elevation to the same role.
  const ends = roles.filter((role) => !lasting.includes(role)).map((role) => elevations.get(role) ?? 0);
  return {
    roles,
    until: ends.length === 0 ? undefined : Math.min(...ends),
    unknown: unique([...lasting, ...temporary])
      .filter((role) => !isKnown(role))
      .slice(0, MAX_LOGGED),
    exclusive: known.filter((role) => !roles.includes(role)),
    ended: temporary.filter((role) => isKnown(role) && !isLive(role)),
  };
}

/** The last second of each temporary role; what is not `{ role, until }` gives nothing. */
function elevationsOf(claim: unknown): ReadonlyMap<string, number> {
  const ends = new Map<string, number>();
  for (const entry of Array.isArray(claim) ? claim.slice(0, MAX_ELEVATIONS) : []) {
    const { role, until } = (entry ?? {}) as { readonly role?: unknown; readonly until?: unknown };
    if (typeof role !== 'string' || !Number.isSafeInteger(until)) continue;
    ends.set(role, Math.max(Number(until), ends.get(role) ?? 0));
  }
  return ends;
}
