import { Token } from 'aws-cdk-lib';
import type { ConfigError } from '../../definition/errors.ts';
import type { TokenRules } from '../../definition/tokenIssuer.ts';
import { invalid } from '../invalid.ts';
import { CLOCK_TOLERANCE_SECONDS, DEFAULT_LIFETIME_SECONDS } from './tokenIssuer.ts';

/** What every kind of issuer may be told of its tokens. */
export interface TokenOptions {
  /** The `iss` of its tokens, compared exactly. */
  readonly issuer: string;
  /** Accepted `aud` of access tokens. */
  readonly audience: string | readonly string[];
  /** OAuth clients whose tokens are accepted. @default - those of every client of the issuer */
  readonly clientIds?: readonly string[];
  /** Claim that lists the caller's roles. @default - `roles` */
  readonly rolesClaim?: string;
  /** Claim that names the caller's tier. @default - `tier`; a token without it has the definition's default tier */
  readonly tierClaim?: string;
  /** Claim that names the OAuth client. @default - `client_id` */
  readonly clientClaim?: string;
  /** Seconds, 60–86,400. Tokens that live longer are refused. @default - one hour */
  readonly maxLifetimeSeconds?: number;
  /** Seconds, 0–60, that the clocks of issuer and API may differ by. @default - five */
  readonly clockToleranceSeconds?: number;
  /** Only tokens of the type `at+jwt` (RFC 9068). @default - `JWT` and no type are accepted as well */
  readonly requireType?: boolean;
  /**
   * Tokens bound to a key of the client, which proves with each request that it has it (RFC 9449). `required` refuses all
   * others; `optional` accepts bearer tokens beside them. Switches the cache of the authorizer off, because a proof is for
   * one request.
   * @default - bound tokens are refused
   */
  readonly dpop?: 'required' | 'optional';
}

const LIFETIME = { min: 60, max: 86_400 };
const TOLERANCE = { min: 0, max: 60 };

/**
 * The rules of a source. The issuer is for the source to check.
 *
 * @throws {ConfigError} `identity-invalid` when there is no audience, or when a time is out of bounds.
 */
export function rulesOf(options: TokenOptions): TokenRules {
  const { maxLifetimeSeconds = DEFAULT_LIFETIME_SECONDS, clockToleranceSeconds = CLOCK_TOLERANCE_SECONDS } = options;
  const audience = typeof options.audience === 'string' ? [options.audience] : options.audience;
  requireStrings('audience', audience, 'Without one, tokens made for other services would be accepted.');
  if (options.clientIds !== undefined) {
    requireStrings('clientIds', options.clientIds, 'Leave the option out to accept every client.');
  }
  requireSeconds(
    'maxLifetimeSeconds',
    maxLifetimeSeconds,
    LIFETIME,
    'A token outlives what it was given for: keep its life short.',
  );
  requireSeconds(
    'clockToleranceSeconds',
    clockToleranceSeconds,
    TOLERANCE,
    'Mend the clock instead: expired tokens would be accepted.',
  );
  return {
    issuer: options.issuer,
    audience,
    ...(options.clientIds === undefined ? {} : { clientIds: options.clientIds }),
    ...(options.requireType === true ? { requireType: true } : {}),
    ...(options.dpop === undefined ? {} : { dpop: options.dpop }),
    rolesClaim: options.rolesClaim ?? 'roles',
    tierClaim: options.tierClaim ?? 'tier',
    clientClaim: options.clientClaim ?? 'client_id',
    maxLifetimeSeconds,
    clockToleranceSeconds,
  };
}

/** @throws {ConfigError} `identity-invalid`. */
export function requireHttps(location: string, url: string): void {
  if (Token.isUnresolved(url) || URL.parse(url)?.protocol === 'https:') return;
  throw wrong(location, JSON.stringify(url), 'an https URL', 'What is read without TLS can be replaced on the way.');
}

/** @throws {ConfigError} `identity-invalid`. */
export function requireStrings(location: string, values: readonly string[], fix: string): void {
  if (values.length > 0 && values.every((value) => value.trim() !== '')) return;
  throw wrong(location, JSON.stringify(values), 'at least one, none of them empty', fix);
}

/** @throws {ConfigError} `identity-invalid`. */
export function requireSeconds(
  location: string,
  value: number,
  bounds: { min: number; max: number },
  fix: string,
): void {
  if (Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return;
  throw wrong(location, String(value), `a whole number from ${bounds.min} to ${bounds.max}`, fix);
}

/** What is wrong with an option of an identity; without a place, with the identities together. */
export function wrong(location: string, found: string, expected: string, fix: string): ConfigError {
  return invalid({
    code: 'identity-invalid',
    location: location === '' ? 'identity' : `identity.${location}`,
    found,
    expected,
    fix,
  });
}
