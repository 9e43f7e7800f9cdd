import { Token } from 'aws-cdk-lib';
import { formatValue } from '../../definition/checks/check.ts';
import type { ConfigError } from '../../definition/errors.ts';
import type { TokenRules } from '../../definition/tokenIssuer.ts';
import { invalid } from '../invalid.ts';
import { CLOCK_TOLERANCE_SECONDS, DEFAULT_LIFETIME_SECONDS } from './tokenIssuer.ts';

/** What every kind of issuer has: how its tokens are verified and read. */
export interface TokenOptions {
  /** The `iss` claim of its tokens, compared exactly. For `oidc` and `introspection` an https URL. */
  readonly issuer: string;
  /**
   * Accepted values of the `aud` claim of access tokens, at least one. Leave it out, with `clientIds`, only for an issuer that
   * writes no `aud`, such as Cognito: what these clients get for other services would be accepted.
   * @default - with `clientIds`, the claim is not checked
   */
  readonly audience?: string | readonly string[];
  /** Ids of OAuth clients whose tokens are accepted, at least one. @default - tokens of every client of the issuer */
  readonly clientIds?: readonly string[];
  /**
   * Claim that has the caller's roles: a list, or a string separated by spaces or commas. For this option and the next
   * two, dots name a member of a claim, such as `realm_access.roles`; a claim of the whole name takes precedence.
   * @default - `roles`
   */
  readonly rolesClaim?: string;
  /**
   * Roles of the definition, one or a list, by value of the roles claim, such as the id of a group. Other values give no role.
   * @default - the values are names of roles
   */
  readonly roleMapping?: Readonly<Record<string, string | readonly string[]>>;
  /** Claim that names the caller's tier. @default - `tier`; a token without it has the definition's default tier */
  readonly tierClaim?: string;
  /** Claim that names the OAuth client. @default - `client_id` */
  readonly clientClaim?: string;
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
  const { clientIds, roleMapping } = options;
  const audience = options.audience === undefined ? undefined : [options.audience].flat();
  if (audience !== undefined || clientIds === undefined) {
    requireStrings('audience', audience ?? [], 'Without one, tokens made for other services would be accepted.');
  }
  if (clientIds !== undefined) {
    requireStrings('clientIds', clientIds, 'Leave the option out to accept every client.');
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
  return {
    issuer: options.issuer,
    ...(audience === undefined ? {} : { audience }),
    ...(clientIds === undefined ? {} : { clientIds }),
    ...(options.requireType === true ? { requireType: true } : {}),
    ...(options.dpop === undefined ? {} : { dpop: options.dpop }),
    rolesClaim: options.rolesClaim ?? 'roles',
    tierClaim: options.tierClaim ?? 'tier',
    clientClaim: options.clientClaim ?? 'client_id',
    ...(roleMapping === undefined ? {} : { roleMapping: roleLists(roleMapping) }),
    maxLifetimeSeconds,
    clockToleranceSeconds,
  };
}

/**
 * A URL that all parsers read alike: visible ASCII without a backslash, and no user name in front of the host. Parsers differ
 * about other strings, so one that passes a check here could lead elsewhere.
 */
export function unambiguousUrl(url: string): URL | undefined {
  const parsed = URL.parse(url);
  if (parsed === null || parsed.username !== '' || parsed.password !== '') return undefined;
  const [, origin = ''] = /^([a-z]+:\/\/[^/?#@\\]+)(?:[/?#]|$)/i.exec(url) ?? [];
  return /^[!-[\]-~]+$/.test(url) && URL.parse(origin)?.origin === parsed.origin ? parsed : undefined;
}

/** The definition decides whether the roles exist, when the identity becomes part of an API. */
function roleLists(mapping: NonNullable<TokenOptions['roleMapping']>): NonNullable<TokenRules['roleMapping']> {
  const entries = Object.entries(mapping).map(([value, roles]) => [value, [roles].flat()] as const);
  requireStrings(
    'roleMapping',
    entries.map(([value]) => value),
    'Leave the option out if the values are names of roles.',
  );
  for (const [value, roles] of entries) {
    requireStrings(`roleMapping.${value}`, roles, 'Leave the value out if it gives no role.');
  }
  return Object.fromEntries(entries);
}

/** @throws {ConfigError} `identity-invalid`. */
export function requireHttps(location: string, url: string): void {
  if (Token.isUnresolved(url) || unambiguousUrl(url)?.protocol === 'https:') return;
  throw wrong(
    location,
    formatValue(url),
    'an https URL without a user name, a backslash or white space',
    'Data that is read without TLS can be replaced on the way.',
  );
}

/** @throws {ConfigError} `identity-invalid`. */
export function requireStrings(location: string, values: readonly string[], fix: string): void {
  if (values.length > 0 && values.every((value) => value.trim() !== '')) return;
  throw wrong(location, formatValue(values), 'at least one, none of them empty', fix);
}

/** @throws {ConfigError} `identity-invalid`. */
export function requireSeconds(
  location: string,
  value: number,
  bounds: { min: number; max: number },
  fix: string,
): void {
  if (Number.isInteger(value) && value >= bounds.min && value <= bounds.max) return;
  throw wrong(location, formatValue(value), `a whole number from ${bounds.min} to ${bounds.max}`, fix);
}

/** What is wrong with an option of an identity, or with all identities together when the location is empty. */
export function wrong(location: string, found: string, expected: string, fix: string): ConfigError {
  return invalid({
    code: 'identity-invalid',
    location: location === '' ? 'identity' : `identity.${location}`,
    found,
    expected,
    fix,
  });
}
