import { type AssignedClaims, claimsIn } from './assignedClaims.ts';
import { assignmentFault, type Elevation, MAX_ELEVATION_SECONDS, type RoleAssignment } from './roleAssignment.ts';
import { API_SCOPE, type TokenSettings } from './tokenSettings.ts';

/** Scopes by which a machine client asks for roles and tier; all others are scopes of the API. */
const ROLE = 'role:';
const TIER = 'tier:';
/** `elevated:<role>:<seconds>`. */
const ELEVATED = 'elevated:';
/** `claim:<name>=<value>`. */
const CLAIM = 'claim:';

/** RFC 6749 section 3.3. */
export const SCOPE = /^[\x21\x23-\x5B\x5D-\x7E]+$/;

/** What a machine client asks for; temporary roles have no end time yet. */
export interface RequestedRoles {
  readonly roles: readonly string[];
  readonly tier?: string;
  /** Role and seconds. */
  readonly elevated?: readonly (readonly [role: string, seconds: number])[];
  readonly claims?: AssignedClaims;
}

/**
 * The scopes by which a machine client asks for roles, tier and claims: `role:<name>`, repeated, one `tier:<name>`,
 * `elevated:<role>:<seconds>`, repeated, and `claim:<name>=<value>`, repeated.
 */
export function assignmentScopes({ roles, tier, elevated = [], claims = {} }: RequestedRoles): string[] {
  return [
    ...roles.map((role) => `${ROLE}${role}`),
    ...(tier === undefined ? [] : [`${TIER}${tier}`]),
    ...elevated.map(([role, seconds]) => `${ELEVATED}${role}:${seconds}`),
    ...Object.entries(claims).map(([name, value]) => `${CLAIM}${name}=${value}`),
  ];
}

/** What a request of a machine client asks for, read from its scopes. */
export interface RequestedScopes {
  readonly assignment: RoleAssignment;
  /** Those that the token gets. */
  readonly granted: readonly string[];
  /** Why the request is rejected: an unknown role, tier or scope, more than one tier, a wrong duration. */
  readonly fault?: string;
}

/**
 * The roles and tier that a token request asks for in its scopes. They live in that request and its token only, so parallel
 * requests of one client cannot mix. Without a tier it is the default one.
 *
 * @param nowSeconds epoch seconds, from which temporary roles count
 */
export function readMachineScopes(scope: string, options: TokenSettings, nowSeconds: number): RequestedScopes {
  const granted = scope.split(' ').filter((item) => item !== '');
  const after = (prefix: string) =>
    granted.filter((item) => item.startsWith(prefix)).map((item) => item.slice(prefix.length));
  const [tier = options.tiers[0], ...others] = after(TIER);
  const elevated = after(ELEVATED).map((item) => elevationOf(item, nowSeconds));
  const assignment = {
    roles: [...new Set(after(ROLE))],
    ...(tier === undefined ? {} : { tier }),
    ...(elevated.length === 0 ? {} : { elevated }),
    claims: claimsIn(after(CLAIM)),
  };
  const fault =
    (others.length > 0 ? 'only one tier may be requested' : undefined) ??
    assignmentFault(assignment, options) ??
    durationFault(elevated, nowSeconds) ??
    scopeFault(granted.filter(isApiScope), options);
  return { assignment, granted, ...(fault === undefined ? {} : { fault }) };
}

function elevationOf(item: string, nowSeconds: number): Elevation {
  const colon = item.lastIndexOf(':');
  return { role: item.slice(0, Math.max(colon, 0)), until: nowSeconds + Number(item.slice(colon + 1)) };
}

function durationFault(elevated: readonly Elevation[], nowSeconds: number): string | undefined {
  const isRight = ({ until }: Elevation) =>
    Number.isInteger(until) && until > nowSeconds && until - nowSeconds <= MAX_ELEVATION_SECONDS;
  return elevated.every(isRight) ? undefined : `a temporary role lasts 1 to ${MAX_ELEVATION_SECONDS} seconds`;
}

function isApiScope(scope: string): boolean {
  return scope !== API_SCOPE && ![ROLE, TIER, ELEVATED, CLAIM].some((prefix) => scope.startsWith(prefix));
}

function scopeFault(scopes: readonly string[], { scopes: known }: TokenSettings): string | undefined {
  const wrong = scopes.find((scope) => !SCOPE.test(scope) || (known !== undefined && !known.includes(scope)));
  if (wrong === undefined) return undefined;
  const expected = known === undefined ? 'characters of RFC 6749' : `one of ${known.join(', ') || 'none at all'}`;
  return `the scope ${JSON.stringify(wrong.slice(0, 64))} is unknown; expected ${expected}`;
}
