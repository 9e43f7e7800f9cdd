import { requireHttps, requireStrings } from '../identity/invalidIdentity.ts';
import { type KeySetRules, withDiscovered } from '../identity/oidc.ts';
import { type ProviderOptions, requireHost, rolesFrom } from './providerOptions.ts';

/** An API of an Auth0 tenant. */
export interface Auth0Options extends ProviderOptions {
  /** The tenant's domain, such as `example.eu.auth0.com`, or its custom domain if clients sign in there. */
  readonly domain: string;
  /** The API's identifier, under Applications → APIs. */
  readonly audience: string | readonly string[];
  /**
   * The namespace of the claims that your action adds, such as `https://api.example.com`: roles are read from
   * `<namespace>/roles`, and the tier from `<namespace>/tier`.
   * @default - roles and tier are read from the claims `roles` and `tier`
   */
  readonly namespace?: string;
  /**
   * Ids of organizations (`org_…`) whose members are accepted. Tokens of another organization, or of none, are rejected.
   * @default - the organization is not checked
   */
  readonly organizations?: readonly string[];
}

/**
 * Unless the API's settings say otherwise, a token lives for a day.
 * https://auth0.com/docs/secure/tokens/access-tokens/update-access-token-lifetime
 */
const LIFETIME_SECONDS = 86_400;

/**
 * The rules of Auth0. Its access tokens name the client in `azp`, or with the RFC 9068 profile in `client_id`; ID tokens have
 * neither. https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles
 *
 * @throws {ConfigError} `identity-invalid` for a domain that is not a host, or an empty list.
 */
export function auth0Rules(options: Auth0Options): KeySetRules {
  const { domain, namespace, organizations, discovered, ...own } = options;
  requireHost('domain', domain, 'example.eu.auth0.com');
  if (namespace !== undefined) requireHttps('namespace', namespace);
  if (organizations !== undefined) {
    requireStrings('organizations', organizations, 'Leave the option out to accept tokens of every organization.');
  }
  const named = (claim: string) => (namespace === undefined ? claim : `${namespace.replace(/\/$/, '')}/${claim}`);
  const issuer = `https://${domain}/`;
  return withDiscovered(
    {
      ...(discovered === undefined
        ? { jwksUri: `${issuer}.well-known/jwks.json`, algorithms: ['RS256'] as const }
        : {}),
      tierClaim: named('tier'),
      maxLifetimeSeconds: LIFETIME_SECONDS,
      ...own,
      issuer,
      roles: rolesFrom(named('roles'), options),
      clientClaim: ['azp', 'client_id'],
      kind: { oneOf: ['azp', 'client_id'] },
      ...(organizations === undefined ? {} : { requiredClaims: { org_id: organizations } }),
    },
    discovered,
  );
}
