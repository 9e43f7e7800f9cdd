import type { TokenRules } from '../../definition/tokenIssuer.ts';
import { requireIssuer, requireSeconds, requireStrings } from './invalidIdentity.ts';
import { type RoleOptions, requireClaimName, roleRules } from './roles.ts';
import { CLOCK_TOLERANCE_SECONDS, DEFAULT_LIFETIME_SECONDS } from './tokenIssuer.ts';

/** What every kind of issuer has: how its tokens are verified and read. */
export interface TokenOptions {
  /** The `iss` claim of its tokens, compared exactly, without query and fragment. For `oidc` and `introspection` an https URL. */
  readonly issuer: string;
  /**
   * Accepted values of the `aud` claim of access tokens, at least one. Leave it out, with `clientIds`, only for an issuer that
   * writes no `aud`, such as Cognito: what these clients get for other services would be accepted.
   * @default - with `clientIds`, the claim is not checked
   */
  readonly audience?: string | readonly string[];
  /** Ids of OAuth clients whose tokens are accepted, at least one. @default - tokens of every client of the issuer */
  readonly clientIds?: readonly string[];
  /** Where a token has the caller's roles, and what they are called there. @default - names of roles in the claim `roles` */
  readonly roles?: RoleOptions;
  /**
   * Claim that names the caller's tier, by the rule of `roles.claim`.
   * @default - `tier`; a token without it has the definition's default tier
   */
  readonly tierClaim?: string;
  /** Claim that names the OAuth client, or several, of which the first counts that a token has. @default - `client_id` */
  readonly clientClaim?: string | readonly string[];
  /**
   * Names of the definition's claims in the tokens of this issuer, such as `{ tenant: 'org_id' }`, by the rule of `roles.claim`.
   * @default - a claim has the name that the definition gives it
   */
  readonly claims?: Readonly<Record<string, string>>;
  /** Maximum lifetime in seconds, 60–86,400. Tokens that live longer are rejected. @default - one hour */
  readonly maxLifetimeSeconds?: number;
  /** Seconds, 0–60, by which the clocks of issuer and API can differ. @default - five seconds */
  readonly clockToleranceSeconds?: number;
  /** Accepts only tokens of the type `at+jwt` (RFC 9068). @default - `JWT` and no type are accepted as well */
  readonly requireType?: boolean;
  /**
   * Accepts tokens that are bound to a key of the client; with each request the client proves that it has the key (RFC
   * 9449). `required` rejects all other tokens; `optional` also accepts bearer tokens. It disables the cache of the
   * authorizer, because a proof is valid for one request.
   * @default - bound tokens are rejected
   */
  readonly dpop?: 'required' | 'optional';
}

const LIFETIME = { min: 60, max: 86_400 };
const TOLERANCE = { min: 0, max: 60 };

/**
 * The rules for the tokens of an issuer. The caller checks the issuer itself.
 *
 * @throws {ConfigError} `identity-invalid` when there is no audience, or when a time is out of bounds.
 */
export function rulesOf(options: TokenOptions): TokenRules {
  const { maxLifetimeSeconds = DEFAULT_LIFETIME_SECONDS, clockToleranceSeconds = CLOCK_TOLERANCE_SECONDS } = options;
  const { clientIds, tierClaim = 'tier', clientClaim = 'client_id' } = options;
  requireIssuer(options.issuer);
  const audience = options.audience === undefined ? undefined : [options.audience].flat();
  if (audience !== undefined || clientIds === undefined) {
    requireStrings('audience', audience ?? [], 'Without one, tokens made for other services would be accepted.');
  }
  if (clientIds !== undefined) {
    requireStrings('clientIds', clientIds, 'Leave the option out to accept every client.');
  }
  for (const [name, inToken] of Object.entries(options.claims ?? {})) {
    requireClaimName(`claims.${name}`, inToken);
  }
  requireSeconds(
    'maxLifetimeSeconds',
    maxLifetimeSeconds,
    LIFETIME,
    'A token outlives its purpose: keep its lifetime short.',
  );
  requireSeconds(
    'clockToleranceSeconds',
    clockToleranceSeconds,
    TOLERANCE,
    'Fix the clock instead: expired tokens would be accepted.',
  );
  requireClaimName('tierClaim', tierClaim);
  for (const name of [clientClaim].flat()) requireClaimName('clientClaim', name);
  return {
    issuer: options.issuer,
    ...(audience === undefined ? {} : { audience }),
    ...(clientIds === undefined ? {} : { clientIds }),
    ...(options.requireType === true ? { requireType: true } : {}),
    ...(options.dpop === undefined ? {} : { dpop: options.dpop }),
    roles: roleRules(options.roles),
    tierClaim,
    clientClaim,
    ...(options.claims === undefined ? {} : { claims: options.claims }),
    maxLifetimeSeconds,
    clockToleranceSeconds,
  };
}
