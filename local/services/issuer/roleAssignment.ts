import { type AssignedClaims, claimFault, namedClaims } from './assignedClaims.ts';
import type { IssuerState } from './state.ts';
import type { TokenSettings } from './tokenSettings.ts';

/** A temporary role. */
export interface Elevation {
  readonly role: string;
  /** Epoch seconds. */
  readonly until: number;
}

/** The roles, tier and claims of a token's subject. */
export interface RoleAssignment {
  readonly roles: readonly string[];
  readonly tier?: string;
  /** Temporary roles. */
  readonly elevated?: readonly Elevation[];
  /** Claims that the stack declares. */
  readonly claims?: AssignedClaims;
}

/** A role or tier as a scope token may carry it (RFC 6749 section 3.3, without a colon at its start). */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,127}$/;

/** Maximum duration of a temporary role, in seconds. */
export const MAX_ELEVATION_SECONDS = 86_400;

/** Claim of temporary roles, as the authorizer reads it. */
export const ELEVATED_CLAIM = 'elevated';

/** Checks that roles and tier are well-formed and known. Returns the sentence that says why not. */
export function assignmentFault(assignment: RoleAssignment, options: TokenSettings): string | undefined {
  const temporary = (assignment.elevated ?? []).map(({ role }) => role);
  return (
    unknownName('role', [...assignment.roles, ...temporary], options.roles) ??
    unknownName('tier', assignment.tier === undefined ? [] : [assignment.tier], options.tiers) ??
    claimFault(assignment.claims ?? {}, options)
  );
}

function unknownName(kind: string, names: readonly string[], known: readonly string[]): string | undefined {
  const wrong = names.find((name) => !NAME.test(name) || (known.length > 0 && !known.includes(name)));
  if (wrong === undefined) return undefined;
  const expected = known.length > 0 ? `one of ${known.join(', ')}` : 'letters, digits and _.:/-';
  return `the ${kind} ${JSON.stringify(wrong.slice(0, 64))} is unknown; expected ${expected}`;
}

/** The claims of roles and tier, under the names that the stack's authorizers read, and Cognito's mark of an access token. */
export function assignmentClaims(assignment: RoleAssignment, options: TokenSettings): Record<string, unknown> {
  const { roles, tier, elevated = [], claims: assigned = {} } = assignment;
  const named = (claims: readonly string[], value: unknown) => claims.map((claim) => [claim, value] as const);
  return Object.fromEntries([
    ...namedClaims(assigned, options),
    ['token_use', 'access'],
    ...named(options.rolesClaims, [...roles]),
    ...(tier === undefined ? [] : named(options.tierClaims, tier)),
    ...(elevated.length === 0 ? [] : [[ELEVATED_CLAIM, [...elevated]]]),
  ]);
}

/**
 * The roles and tier that were picked at sign-in, stored under the grant. All tokens of the grant carry them, refreshed ones
 * too. Another sign-in of the same user is another grant.
 */
export interface RoleAssignments {
  ofGrant(grantId: string): RoleAssignment | undefined;
  keep(grantId: string, assignment: RoleAssignment, expiresInSeconds: number): Promise<void>;
}

export function createRoleAssignments(state: IssuerState): RoleAssignments {
  return {
    ofGrant(grantId) {
      const kept = state.get(`Identity:${grantId}`);
      if (kept === undefined) return undefined;
      const { roles, tier, elevated, claims } = kept as Partial<RoleAssignment>;
      return {
        roles: roles ?? [],
        ...(claims === undefined ? {} : { claims }),
        ...(tier === undefined ? {} : { tier }),
        ...(elevated === undefined ? {} : { elevated }),
      };
    },
    // `grantId` is a member too, so that revoking the grant removes its roles too.
    keep: (grantId, { roles, tier, elevated, claims }, seconds) =>
      state.set(`Identity:${grantId}`, { grantId, roles, tier, elevated, claims }, seconds),
  };
}
