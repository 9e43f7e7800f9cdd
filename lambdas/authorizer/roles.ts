import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import type { TokenRules } from '../../lib/definition/tokenIssuer.ts';
import { unique } from '../shared/claimValues.ts';
import { compatibleRoles } from '../shared/grants.ts';
import { rolesIn } from '../shared/tokenRoles.ts';

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

/** Claim of temporary roles. */
const ELEVATED_CLAIM = 'elevated';

/** Whether the roles of a token can depend on the time. */
export function hasTemporaryRoles(claims: object): boolean {
  return ELEVATED_CLAIM in claims;
}

/**
 * Determines the roles of a caller. They come from three sources:
 *
 * - the roles claim of the issuer, by its rules: {@link rolesIn};
 * - the claim `elevated`, `[{ role, until }]`, until they end; `until` is in epoch seconds;
 * - the default role.
 *
 * Roles that exclude each other have no effect, and neither have names that the definition does not know.
 *
 * @param nowSeconds epoch seconds.
 */
export function heldRoles(
  { claims, tokenIssuer }: { readonly claims: object; readonly tokenIssuer: Pick<TokenRules, 'roles'> },
  policy: Pick<AccessPolicy, 'roles' | 'exclusive' | 'defaultRole'>,
  nowSeconds: number,
): HeldRoles {
  const isKnown = (role: string) => Object.hasOwn(policy.roles, role);
  const { roles: named, unmapped } = rolesIn(claims, tokenIssuer.roles);
  const permanent = policy.defaultRole === undefined ? named : unique([...named, policy.defaultRole]);
  const elevations = elevationsOf((claims as Readonly<Record<string, unknown>>)[ELEVATED_CLAIM]);
  const temporary = [...elevations.keys()];
  const isActive = (role: string) => (elevations.get(role) ?? 0) > nowSeconds;

  // Most tokens have no temporary roles, and some have many others: what can be left out takes a step for each pair of them.
  const isPermanent = temporary.length === 0;
  const held = isPermanent ? permanent : unique([...permanent, ...temporary.filter(isActive)]);
  const known = held.filter(isKnown);
  const roles = compatibleRoles(policy.exclusive, known);
  // A permanent role does not end with an elevation to the same role.
  const ends = isPermanent
    ? []
    : roles.filter((role) => !permanent.includes(role)).map((role) => elevations.get(role) ?? 0);
  const isEachKnown = isPermanent && known.length === permanent.length && unmapped.length === 0;
  return {
    roles,
    until: ends.length === 0 ? undefined : Math.min(...ends),
    unknown: isEachKnown
      ? NONE
      : unique([...[...permanent, ...temporary].filter((role) => !isKnown(role)), ...unmapped]).slice(0, MAX_LOGGED),
    exclusive: roles.length === known.length ? NONE : known.filter((role) => !roles.includes(role)),
    ended: temporary.filter((role) => isKnown(role) && !isActive(role)),
  };
}

const NONE: readonly string[] = [];
const NO_ELEVATIONS: ReadonlyMap<string, number> = new Map();

/** When each temporary role ends, in epoch seconds; entries that are not `{ role, until }` are ignored. */
function elevationsOf(claim: unknown): ReadonlyMap<string, number> {
  if (claim === undefined) return NO_ELEVATIONS;
  const ends = new Map<string, number>();
  for (const entry of Array.isArray(claim) ? claim.slice(0, MAX_ELEVATIONS) : []) {
    const { role, until } = (entry ?? {}) as { readonly role?: unknown; readonly until?: unknown };
    if (typeof role !== 'string' || !Number.isSafeInteger(until)) continue;
    ends.set(role, Math.max(Number(until), ends.get(role) ?? 0));
  }
  return ends;
}
