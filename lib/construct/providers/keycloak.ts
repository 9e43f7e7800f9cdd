import { formatValue } from '../../definition/checks/check.ts';
import { hasQueryOrFragment } from '../../definition/discoveredIssuer.ts';
import { requireHttps, requireStrings, wrong } from '../identity/invalidIdentity.ts';
import { type KeySetRules, withDiscovered } from '../identity/oidc.ts';
import type { TokenOptions } from '../identity/rules.ts';
import { type ProviderOptions, rolesFrom } from './providerOptions.ts';

/** A realm of a Keycloak server. */
export interface KeycloakOptions extends ProviderOptions, Pick<TokenOptions, 'dpop'> {
  /** The server's https URL, such as `https://sso.example.com`; with `/auth` at the end if its paths begin with that. */
  readonly url: string;
  /** The name of the realm. */
  readonly realm: string;
  /** What your audience mapper writes into `aud`. Without a mapper it is `account`, which is the same for every API. */
  readonly audience: string | readonly string[];
  /** The client whose roles count: `resource_access.<client>.roles`. @default - roles of the realm: `realm_access.roles` */
  readonly client?: string;
}

/**
 * The rules of Keycloak. Its tokens name their kind in the claim `typ`: `Bearer`, or `DPoP` for bound ones, where ID tokens have
 * `ID`. https://www.keycloak.org/securing-apps/oidc-layers
 *
 * @throws {ConfigError} `identity-invalid` for a URL without TLS, or an empty name.
 */
export function keycloakRules(options: KeycloakOptions): KeySetRules {
  const { url, realm, client, discovered, ...own } = options;
  requireHttps('url', url);
  if (hasQueryOrFragment(url)) {
    throw wrong('url', formatValue(url), 'a URL without query and fragment', 'Write the address of the server alone.');
  }
  requireStrings('realm', [realm], 'Write the name that is in the addresses of the realm.');
  if (client !== undefined) requireStrings('client', [client], 'Leave the option out for roles of the realm.');
  const issuer = `${url.replace(/\/+$/, '')}/realms/${encodeURIComponent(realm)}`;
  return withDiscovered(
    {
      ...(discovered === undefined
        ? { jwksUri: `${issuer}/protocol/openid-connect/certs`, algorithms: ['RS256'] as const }
        : {}),
      ...own,
      issuer,
      roles: rolesFrom(client === undefined ? 'realm_access.roles' : `resource_access.${client}.roles`, options),
      clientClaim: 'azp',
      kind: { claims: { typ: ['Bearer', 'DPoP'] } },
    },
    discovered,
  );
}
