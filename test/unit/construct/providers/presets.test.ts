import { describe, expect, it } from 'vitest';
import type { KeySetIssuer } from '../../../../lib/definition/tokenIssuer.ts';
import { ConfigError, Identity } from '../../../../lib/index.ts';

const GUID = '00000000-0000-0000-0000-00000000000a';
const OTHER = '00000000-0000-0000-0000-00000000000b';
const PEOPLE = { clientIds: ['1-a.apps.googleusercontent.com'], hostedDomains: ['example.com'] };
const ACCOUNTS = { audience: 'a', serviceAccounts: ['a@b.iam.gserviceaccount.com'] };
const GOOD = {
  auth0: { domain: 'example.eu.auth0.com', audience: 'https://api.example.com' },
  entra: { tenantId: GUID, audience: OTHER },
  okta: { domain: 'example.okta.com', audience: 'api://documents' },
  keycloak: { url: 'https://sso.example.com/', realm: 'shop', audience: 'documents' },
  google: PEOPLE,
} as const;
type Preset = keyof typeof GOOD;
const FILE = { algorithms: ['ES256'], readAt: '2026-11-28T12:00:00Z' } as const;

const make = (preset: Preset, options: object) => (Identity[preset] as (options: object) => Identity)(options);
const sourceOf = (preset: Preset, change: object = {}): KeySetIssuer =>
  make(preset, { ...GOOD[preset], ...change }).bind({} as never, {} as never).source as KeySetIssuer;

function faultOf(preset: Preset, options: object): string {
  try {
    make(preset, options);
    return 'accepted';
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return `${error.code} at ${error.location}: ${error.fix}`;
  }
}

describe('a preset', () => {
  it.each<readonly [Preset, string, string]>([
    ['auth0', 'https://example.eu.auth0.com/', 'https://example.eu.auth0.com/.well-known/jwks.json'],
    [
      'entra',
      `https://login.microsoftonline.com/${GUID}/v2.0`,
      `https://login.microsoftonline.com/${GUID}/discovery/v2.0/keys`,
    ],
    ['okta', 'https://example.okta.com/oauth2/default', 'https://example.okta.com/oauth2/default/v1/keys'],
    [
      'keycloak',
      'https://sso.example.com/realms/shop',
      'https://sso.example.com/realms/shop/protocol/openid-connect/certs',
    ],
    ['google', 'https://accounts.google.com', 'https://www.googleapis.com/oauth2/v3/certs'],
  ])('of %s has the issuer and the address of the keys that the provider documents', (preset, issuer, jwksUri) => {
    expect(sourceOf(preset)).toMatchObject({ issuer, jwksUri, algorithms: ['RS256'] });
  });

  it.each(Object.keys(GOOD) as Preset[])(
    'of %s takes addresses and algorithms of a file, if it is about its issuer',
    (preset) => {
      const { issuer } = sourceOf(preset);
      const discovered = { ...FILE, issuer, jwksUri: 'https://keys.example.com/' };
      expect(sourceOf(preset, { discovered })).toMatchObject({
        issuer,
        jwksUri: discovered.jwksUri,
        algorithms: ['ES256'],
      });
      const other = { ...discovered, issuer: 'https://other.example' };
      expect(faultOf(preset, { ...GOOD[preset], discovered: other })).toBe(
        `identity-invalid at identity.discovered.issuer: Run secure-api identity discover ${issuer} --out identity.json, and give discovered: 'identity.json'.`,
      );
    },
  );

  it.each(Object.keys(GOOD) as Preset[])('of %s lets nobody change what its tokens are', (preset) => {
    for (const change of [
      { issuer: 'https://x.example' },
      { kind: {} },
      { clientClaim: 'x' },
      { jwksUri: 'https://x.example' },
    ])
      expect(faultOf(preset, { ...GOOD[preset], ...change })).toMatch(
        new RegExp(`^identity-invalid at identity\\.${Object.keys(change)[0]}: `),
      );
  });

  it('keeps what may be changed', () => {
    const change = {
      maxLifetimeSeconds: 600,
      clientIds: ['a'],
      staleHours: 2,
      tierClaim: 'plan',
      algorithms: ['PS256'],
    };
    expect(sourceOf('auth0', change)).toMatchObject({
      maxLifetimeSeconds: 600,
      clientIds: ['a'],
      staleSeconds: 7200,
      tierClaim: 'plan',
      algorithms: ['PS256'],
    });
    expect(sourceOf('okta', { roles: { claim: 'x.y' } }).roles).toEqual({ claim: 'x.y' });
  });

  it.each<readonly [Preset, string, object, RegExp]>([
    ['auth0', 'a URL as domain', { domain: 'https://example.eu.auth0.com/' }, /domain: Write the host alone/],
    ['auth0', 'a domain with a path', { domain: 'example.auth0.com/x' }, /domain/],
    ['auth0', 'a domain with a port', { domain: 'example.auth0.com:443' }, /domain/],
    ['auth0', 'a domain with a user name', { domain: 'a@example.auth0.com' }, /domain/],
    ['auth0', 'a domain in upper case', { domain: 'Example.auth0.com' }, /domain/],
    ['auth0', 'no domain', { domain: undefined }, /domain/],
    ['auth0', 'no audience', { audience: undefined }, /audience/],
    ['auth0', 'an empty audience', { audience: [] }, /audience/],
    ['auth0', 'a namespace without TLS', { namespace: 'http://api.example.com' }, /namespace/],
    ['auth0', 'no organization', { organizations: [] }, /organizations/],
    ['auth0', 'a lifetime of two days', { maxLifetimeSeconds: 172_800 }, /maxLifetimeSeconds/],
    ['entra', 'no tenant', { tenantId: undefined }, /tenantId/],
    ['entra', 'every tenant', { tenantId: 'common' }, /tenantId: .*accept every tenant/],
    ['entra', 'the name of a tenant', { tenantId: 'contoso.onmicrosoft.com' }, /tenantId/],
    ['entra', 'a tenant in upper case', { tenantId: GUID.toUpperCase() }, /tenantId/],
    ['entra', 'a tenant and a list', { tenants: [GUID] }, /tenants: List every tenant/],
    ['entra', 'an empty list', { tenantId: undefined, tenants: [] }, /tenants/],
    ['entra', 'a list with a wildcard', { tenantId: undefined, tenants: ['*'] }, /tenants/],
    ['entra', 'a URI as audience of version 2', { audience: `api://${OTHER}` }, /audience: .*tokenVersion: 1/],
    ['entra', 'groups without a map', { roles: { claim: 'groups' } }, /roles\.map: Map ids of groups/],
    [
      'entra',
      'a group in upper case',
      { roles: { claim: 'groups', map: { [GUID.toUpperCase()]: 'a' } } },
      /lower case/,
    ],
    ['entra', 'another version', { tokenVersion: 3 }, /tokenVersion/],
    [
      'entra',
      'a file for several tenants',
      {
        tenantId: undefined,
        tenants: [GUID],
        discovered: { ...FILE, issuer: 'https://a.example', jwksUri: 'https://a.example' },
      },
      /discovered/,
    ],
    ['okta', 'a URL as domain', { domain: 'https://example.okta.com' }, /domain/],
    ['okta', 'an address as server', { authorizationServer: 'oauth2/default' }, /authorizationServer/],
    ['okta', 'an empty server', { authorizationServer: '' }, /authorizationServer/],
    ['keycloak', 'a URL without TLS', { url: 'http://sso.example.com' }, /url/],
    ['keycloak', 'a URL with a query', { url: 'https://sso.example.com/?a' }, /url/],
    ['keycloak', 'no realm', { realm: ' ' }, /realm/],
    ['keycloak', 'an empty client', { client: '' }, /client/],
    ['google', 'no domain', { hostedDomains: undefined }, /hostedDomains: .*'any'/],
    ['google', 'an empty list of domains', { hostedDomains: [] }, /hostedDomains/],
    ['google', 'a wildcard', { hostedDomains: ['*.example.com'] }, /hostedDomains/],
    ['google', 'no client', { clientIds: [] }, /clientIds/],
    ['google', 'a client of another provider', { clientIds: ['my-app'] }, /clientIds/],
    ['google', 'options of both kinds', ACCOUNTS, /identity: Give two identities/],
  ])('of %s rejects %s', (preset, _, change, message) => {
    const fault = faultOf(preset, { ...GOOD[preset], ...change });
    expect(fault).toMatch(/^identity-invalid at identity/);
    expect(fault).toMatch(message);
  });

  it.each<readonly [string, object, RegExp]>([
    ['no account', { audience: 'a' }, /serviceAccounts: Give their e-mail addresses/],
    ['an empty list of accounts', { ...ACCOUNTS, serviceAccounts: [] }, /serviceAccounts/],
    ['the address of a person', { ...ACCOUNTS, serviceAccounts: ['ann@example.com'] }, /serviceAccounts/],
    ['a wildcard', { ...ACCOUNTS, serviceAccounts: ['*'] }, /serviceAccounts/],
    ['no audience', { serviceAccounts: ACCOUNTS.serviceAccounts }, /audience/],
    ['nothing', {}, /serviceAccounts|clientIds/],
  ])('of service accounts of Google rejects %s', (_, options, message) => {
    expect(faultOf('google', options)).toMatch(message);
  });
});

describe('Identity.oidc', () => {
  const file = { ...FILE, issuer: 'https://login.example.com', jwksUri: 'https://keys.example.com/a' };
  const faultWith = (options: object) => {
    try {
      Identity.oidc({ audience: 'a', ...options } as never);
      return 'accepted';
    } catch (error) {
      return (error as Error).message;
    }
  };

  it('does not guess the address of the keys', () => {
    expect(faultWith({ issuer: 'https://login.example.com' })).toMatch(
      /^identity-invalid at identity\.jwksUri: found nothing;.* Run secure-api identity discover https:\/\/login\.example\.com --out/,
    );
  });

  it.each<readonly [string, object, RegExp]>([
    ['no issuer', {}, /identity\.issuer: found nothing/],
    ['another issuer than the file', { issuer: 'https://x.example', discovered: file }, /discovered\.issuer/],
    ['a file that is not there', { discovered: 'nowhere.json' }, /no file "nowhere\.json"/],
    ['a file of something else', { discovered: 'package.json' }, /identity\.discovered/],
    ['a file that is no JSON', { discovered: 'LICENSE' }, /identity\.discovered/],
    ['keys without TLS', { discovered: { ...file, jwksUri: 'http://a.example' } }, /discovered\.jwksUri/],
    ['an issuer without TLS', { discovered: { ...file, issuer: 'http://a.example' } }, /discovered\.issuer/],
    ['no algorithm', { discovered: { ...file, algorithms: [] } }, /discovered\.algorithms/],
    ['a symmetric algorithm', { discovered: { ...file, algorithms: ['HS256'] } }, /discovered\.algorithms/],
    ['a time to come', { discovered: { ...file, readAt: '2999-01-01T00:00:00Z' } }, /discovered\.readAt/],
    ['no time', { discovered: { ...file, readAt: 'yesterday' } }, /discovered\.readAt/],
    ['another member', { discovered: { ...file, audience: 'x' } }, /discovered\.audience/],
  ])('rejects %s', (_, options, message) => {
    expect(faultWith(options)).toMatch(/^identity-invalid/);
    expect(faultWith(options)).toMatch(message);
  });

  it('takes what was discovered', () => {
    const { source } = Identity.oidc({ discovered: file, audience: 'a' }).bind({} as never, {} as never);
    expect(source).toMatchObject({
      issuer: file.issuer,
      jwksUri: file.jwksUri,
      algorithms: ['ES256'],
      audience: ['a'],
    });
  });
});
