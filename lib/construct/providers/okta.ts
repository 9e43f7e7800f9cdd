import { formatValue } from '../../definition/checks/check.ts';
import { wrong } from '../identity/invalidIdentity.ts';
import { type KeySetRules, withDiscovered } from '../identity/oidc.ts';
import type { TokenOptions } from '../identity/rules.ts';
import { type ProviderOptions, requireHost, rolesFrom } from './providerOptions.ts';

/** A custom authorization server of an Okta organization. */
export interface OktaOptions extends ProviderOptions, Pick<TokenOptions, 'dpop'> {
  /** The organization's domain, such as `example.okta.com`, or its custom domain if the authorization server's issuer is there. */
  readonly domain: string;
  /** The id of the authorization server, under Security → API. @default - `default` */
  readonly authorizationServer?: string;
  /** The audience of the authorization server. */
  readonly audience: string | readonly string[];
}

/** An id such as `aus1nwq1l9sqkyWIJ0h8`, or the name `default`. */
const SERVER = /^[A-Za-z0-9]{1,64}$/;

/**
 * The rules of Okta. Its access tokens name the client in `cid`, which ID tokens have not. Tokens of the organization's own
 * authorization server are for Okta alone, so there is no preset for them.
 * https://developer.okta.com/docs/concepts/auth-servers/
 *
 * @throws {ConfigError} `identity-invalid` for a domain that is not a host, or an id of another form.
 */
export function oktaRules(options: OktaOptions): KeySetRules {
  const { domain, authorizationServer = 'default', discovered, ...own } = options;
  requireHost('domain', domain, 'example.okta.com');
  if (!SERVER.test(authorizationServer)) {
    const fix = 'Copy the last part of its issuer, under Security → API, such as default.';
    throw wrong('authorizationServer', formatValue(authorizationServer), 'the id of a custom server', fix);
  }
  const issuer = `https://${domain}/oauth2/${authorizationServer}`;
  return withDiscovered(
    {
      ...(discovered === undefined ? { jwksUri: `${issuer}/v1/keys`, algorithms: ['RS256'] as const } : {}),
      ...own,
      issuer,
      roles: rolesFrom('groups', options),
      clientClaim: 'cid',
      kind: { claims: { cid: [] } },
    },
    discovered,
  );
}
