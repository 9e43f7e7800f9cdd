import { Token } from 'aws-cdk-lib';
import type { ConfigError } from '../../definition/errors.ts';
import { invalid } from '../invalid.ts';
import { CLOCK_TOLERANCE_SECONDS, DEFAULT_LIFETIME_SECONDS, type IdentitySource } from './source.ts';

/** What the authorizer can verify: nothing symmetric, nothing unsigned. */
export type SignatureAlgorithm = 'RS256' | 'RS384' | 'RS512' | 'ES256' | 'ES384' | 'ES512' | 'EdDSA';

/** An OpenID provider of yours. */
export interface OidcOptions {
  /** The `iss` of its tokens, an https URL. */
  readonly issuer: string;
  /** Accepted `aud` of access tokens. */
  readonly audience: string | readonly string[];
  /**
   * Where its keys are, an https URL; what the provider's discovery document calls `jwks_uri`.
   * @default - `/.well-known/jwks.json` below the issuer
   */
  readonly jwksUri?: string;
  /** @default - RS256, ES256 and EdDSA */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /** Claim that lists the caller's roles. @default - `roles` */
  readonly rolesClaim?: string;
  /** Claim that names the caller's tier. @default - `tier`; a token without it has the definition's default tier */
  readonly tierClaim?: string;
  /** Claim that names the OAuth client. @default - `client_id` */
  readonly clientClaim?: string;
  /** Seconds, 60–86,400. Tokens that live longer are refused. @default - one hour */
  readonly maxLifetimeSeconds?: number;
}

const ALGORITHMS: readonly SignatureAlgorithm[] = ['RS256', 'ES256', 'EdDSA'];
const SHORTEST_LIFETIME = 60;
const LONGEST_LIFETIME = 86_400;

/**
 * The identity source of a provider.
 *
 * @throws {ConfigError} `identity-invalid` when issuer or key set are not https, when there is no audience or algorithm,
 * or when the lifetime is out of bounds.
 */
export function oidcSource(options: OidcOptions): IdentitySource {
  const { issuer, maxLifetimeSeconds = DEFAULT_LIFETIME_SECONDS, algorithms = ALGORITHMS } = options;
  const audience = typeof options.audience === 'string' ? [options.audience] : options.audience;
  const jwksUri = options.jwksUri ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  requireHttps('issuer', issuer);
  requireHttps('jwksUri', jwksUri);
  requireTexts('audience', audience, 'Without one, tokens made for other services would be accepted.');
  requireTexts('algorithms', algorithms, 'Without one, no token could be verified.');
  requireLifetime(maxLifetimeSeconds);
  return {
    issuer,
    jwksUri,
    algorithms,
    audience,
    rolesClaim: options.rolesClaim ?? 'roles',
    tierClaim: options.tierClaim ?? 'tier',
    clientClaim: options.clientClaim ?? 'client_id',
    maxLifetimeSeconds,
    clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
  };
}

function requireHttps(place: string, url: string): void {
  if (Token.isUnresolved(url) || URL.parse(url)?.protocol === 'https:') return;
  throw wrong(
    place,
    JSON.stringify(url),
    'an https URL',
    'Keys that are fetched without TLS can be replaced on the way.',
  );
}

function requireTexts(place: string, values: readonly string[], mend: string): void {
  if (values.length > 0 && values.every((value) => value.trim() !== '')) return;
  throw wrong(place, JSON.stringify(values), 'at least one, none of them empty', mend);
}

function requireLifetime(seconds: number): void {
  if (Number.isInteger(seconds) && seconds >= SHORTEST_LIFETIME && seconds <= LONGEST_LIFETIME) return;
  const expected = `whole seconds from ${SHORTEST_LIFETIME} to ${LONGEST_LIFETIME}`;
  throw wrong('maxLifetimeSeconds', String(seconds), expected, 'A token cannot be withdrawn: keep its life short.');
}

function wrong(place: string, found: string, expected: string, mend: string): ConfigError {
  return invalid({ code: 'identity-invalid', place: `identity.${place}`, found, expected, mend });
}
