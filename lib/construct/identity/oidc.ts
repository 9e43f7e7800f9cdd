import { verificationKeys } from '../../../lambdas/shared/verificationKeys.ts';
import { formatValue } from '../../definition/checks/check.ts';
import type { KeySetIssuer, WarmKeys } from '../../definition/tokenIssuer.ts';
import { requireHttps, requireSeconds, requireStrings, rulesOf, type TokenOptions, wrong } from './rules.ts';
import { bundledKeys } from './warmKeys.ts';

/** Signature algorithms that the authorizer verifies with published keys: none symmetric, never `none`. */
export type SignatureAlgorithm = (typeof SIGNATURE_ALGORITHMS)[number];

export const SIGNATURE_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;

/** An OpenID provider. Its issuer is an https URL. */
export interface OidcOptions extends TokenOptions {
  /**
   * The https URL of its key set, `jwks_uri` in the provider's discovery document.
   * @default - `/.well-known/jwks.json` below the issuer
   */
  readonly jwksUri?: string;
  /** Accepted signature algorithms, at least one. @default - RS256, ES256 and EdDSA */
  readonly algorithms?: readonly SignatureAlgorithm[];
  /**
   * Hours, 0–168, that keys are used while the provider is unreachable; after that, requests fail with 500. Keys are read
   * again every ten minutes, so a withdrawn key stops working then, or after these hours while the provider is down.
   * @default - one hour
   */
  readonly staleHours?: number;
  /**
   * Keys that each new instance of the authorizer starts with: keys that you read before, or `fetch` to read them at synth.
   * `fetch` waits at most three seconds for the provider, and adds a warning when there is no response. The keys count as
   * read at that time, so they are used for ten minutes, and for `staleHours` while the provider is down.
   * @default - a new instance reads the keys with its first request
   */
  readonly warmKeys?: 'fetch' | WarmKeys;
}

const DEFAULT_ALGORITHMS: readonly SignatureAlgorithm[] = ['RS256', 'ES256', 'EdDSA'];
const STALE_HOURS = { min: 0, max: 168 };
const SECONDS_AN_HOUR = 3600;

/**
 * The identity source of a provider.
 *
 * @throws {ConfigError} `identity-invalid` when issuer or key set are not https, when there is no audience or algorithm,
 * or when a time is out of bounds.
 */
export function oidcSource(options: OidcOptions): KeySetIssuer {
  const { issuer, algorithms = DEFAULT_ALGORITHMS, staleHours } = options;
  const jwksUri = options.jwksUri ?? `${issuer.replace(/\/$/, '')}/.well-known/jwks.json`;
  requireHttps('issuer', issuer);
  requireHttps('jwksUri', jwksUri);
  requireStrings('algorithms', algorithms, 'Without one, no token could be verified.');
  if (staleHours !== undefined) {
    requireSeconds('staleHours', staleHours, STALE_HOURS, 'A key that was withdrawn meanwhile would work that long.');
  }
  return {
    ...rulesOf(options),
    jwksUri,
    algorithms,
    ...(staleHours === undefined ? {} : { staleSeconds: staleHours * SECONDS_AN_HOUR }),
  };
}

/**
 * Keys that were read before, as they go into the bundle of the authorizer.
 *
 * @throws {ConfigError} `identity-invalid` when they have no age, when none is fit to verify signatures, or when one is private.
 */
export function checkedWarmKeys({ readAt, keys }: WarmKeys): WarmKeys {
  if (!(Date.parse(readAt) <= Date.now())) {
    const fix = 'Give the time at which the keys were read: they count as that old.';
    throw wrong('warmKeys.readAt', formatValue(readAt), 'a time in the past (ISO 8601)', fix);
  }
  const set = verificationKeys({ keys });
  const fix = "Give the member keys of the issuer's set.";
  if (set === undefined) throw wrong('warmKeys.keys', typeof keys, 'a list of keys (RFC 7517)', fix);
  const isPrivate = set.skipped.some(({ fault }) => fault === 'private');
  if (isPrivate) throw wrong('warmKeys.keys', 'a private key', 'public keys', `${fix} The bundle must hold no secret.`);
  if (set.keys.length > 0) return { readAt, keys: bundledKeys(set) };
  const found = set.skipped.map(({ position, fault }) => `[${position}] ${fault}`).join(', ') || 'none';
  throw wrong('warmKeys.keys', found, 'at least one key that is fit to verify signatures', fix);
}
