import { verificationKeys } from '../../../lambdas/shared/verificationKeys.ts';
import { formatValue } from '../../definition/checks/check.ts';
import type { DiscoveredIssuer, SignatureAlgorithm } from '../../definition/discoveredIssuer.ts';
import type { KeySetIssuer, TokenRules, WarmKeys } from '../../definition/tokenIssuer.ts';
import { readDiscovered } from './discovered.ts';
import { requireHttps, requireSeconds, requireStrings, wrong } from './invalidIdentity.ts';
import { rulesOf, type TokenOptions } from './rules.ts';
import { bundledKeys } from './warmKeys.ts';

/** What every provider with published keys has. */
export interface PublishedKeys {
  /** Accepted signature algorithms, at least one. @default - those of `discovered`; otherwise RS256, ES256 and EdDSA */
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

/** A provider whose addresses you write. */
export interface KnownIssuer extends TokenOptions, PublishedKeys {
  /** The https URL of its key set, `jwks_uri` in the provider's discovery document. */
  readonly jwksUri: string;
  readonly discovered?: never;
}

/** A provider whose addresses come from its discovery document. */
export interface IssuerOfFile extends Omit<TokenOptions, 'issuer'>, PublishedKeys {
  /** What `secure-api identity discover` read from the provider: the committed file by its path, or its content. */
  readonly discovered: string | DiscoveredIssuer;
  readonly issuer?: never;
  readonly jwksUri?: never;
}

/** An OpenID provider. Its issuer is an https URL. */
export type OidcOptions = KnownIssuer | IssuerOfFile;

/** An issuer with published keys, and what its tokens have in addition to those of every issuer. */
export interface KeySetRules
  extends TokenOptions,
    PublishedKeys,
    Pick<TokenRules, 'tenants' | 'kind' | 'requiredClaims'> {
  readonly jwksUri: string;
}

const DEFAULT_ALGORITHMS: readonly SignatureAlgorithm[] = ['RS256', 'ES256', 'EdDSA'];
const STALE_HOURS = { min: 0, max: 168 };
const SECONDS_AN_HOUR = 3600;

/**
 * The rules of a provider by its addresses, which are not guessed: providers publish their keys at different ones.
 *
 * @throws {ConfigError} `identity-invalid` without the address of the keys, or with another issuer than that of the file.
 */
export function oidcRules(options: OidcOptions): KeySetRules {
  const { discovered, ...own } = options;
  if (discovered !== undefined) return withDiscovered(own, discovered);
  const { issuer, jwksUri } = options as KnownIssuer;
  if (issuer === undefined) {
    throw wrong('issuer', 'nothing', 'the iss claim of its tokens, or discovered', DISCOVER('ISSUER'));
  }
  if (jwksUri === undefined) {
    throw wrong('jwksUri', 'nothing', "the https URL of the provider's keys, or discovered", DISCOVER(issuer));
  }
  return { ...own, issuer, jwksUri };
}

/** A preset with the addresses of a committed file, if one is given, instead of the known ones. */
export function withDiscovered(
  rules: Partial<KeySetRules>,
  discovered: string | DiscoveredIssuer | undefined,
): KeySetRules {
  if (discovered === undefined) return rules as KeySetRules;
  const { issuer, jwksUri, algorithms } = readDiscovered(discovered);
  if (rules.issuer !== undefined && rules.issuer !== issuer) {
    throw wrong('discovered.issuer', formatValue(issuer), rules.issuer, DISCOVER(rules.issuer));
  }
  return { algorithms, ...rules, issuer, jwksUri };
}

const DISCOVER = (issuer: string) =>
  `Run secure-api identity discover ${issuer} --out identity.json, and give discovered: 'identity.json'.`;

/**
 * The identity source of a provider.
 *
 * @throws {ConfigError} `identity-invalid` when issuer or key set are not https, when there is no audience or algorithm,
 * or when a time is out of bounds.
 */
export function keySetSource(rules: KeySetRules): KeySetIssuer {
  const { issuer, jwksUri, algorithms = DEFAULT_ALGORITHMS, staleHours, tenants, kind, requiredClaims } = rules;
  requireHttps('issuer', issuer.replace('{tenantid}', ''));
  requireHttps('jwksUri', jwksUri);
  requireStrings('algorithms', algorithms, 'Without one, no token could be verified.');
  if (staleHours !== undefined) {
    requireSeconds('staleHours', staleHours, STALE_HOURS, 'A key that was withdrawn meanwhile would work that long.');
  }
  return {
    ...rulesOf(rules),
    ...(tenants === undefined ? {} : { tenants }),
    ...(kind === undefined ? {} : { kind }),
    ...(requiredClaims === undefined ? {} : { requiredClaims }),
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
