import type { JWTPayload } from 'jose';

/** A token in the form that a provider issues. */
export interface ProviderToken {
  /** The exported name of an example in `docs/identity.md`. */
  readonly example: string;
  readonly form: string;
  readonly header: Readonly<Record<string, unknown>>;
  /** @param now epoch seconds. */
  readonly claims: (now: number) => JWTPayload;
}

interface AccessToken extends ProviderToken {
  readonly caller: Readonly<Record<string, unknown>>;
}

interface IdToken extends ProviderToken {
  readonly reason: string;
}

const JWT = { typ: 'JWT' };
const TENANT = '00000000-0000-0000-0000-000000000000';

/** https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/#access-token: no typ, scopes as a list. */
const okta = (now: number) => ({
  ver: 1,
  jti: 'AT.0mP4JKAZX1iACIT4vbEDF7LpvDVjxypPMf0D7uX39RE',
  iss: 'https://example.okta.com/oauth2/default',
  aud: 'api://documents',
  iat: now,
  exp: now + 3600,
  cid: '0oabucvyc38HLL1ef0h7',
  uid: '00uid4BxXw6I6TV4m0g3',
  scp: ['openid', 'documents.read'],
  auth_time: now - 5,
  sub: 'ann@example.com',
  groups: ['Everyone', 'Documents Editors'],
});

/** https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles: 86,400 seconds are the default lifetime. */
const auth0 = (now: number) => ({
  'https://api.example.com/roles': ['editor'],
  'https://api.example.com/tier': 'premium',
  iss: 'https://example.eu.auth0.com/',
  sub: 'auth0|507f1f77bcf86cd799439020',
  aud: ['https://api.example.com', 'https://example.eu.auth0.com/userinfo'],
  iat: now,
  exp: now + 86_400,
  scope: 'openid profile documents.read',
});

/** https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference: issued five minutes early, 60–90 minutes. */
const entra = (now: number) => ({
  aud: '11111111-1111-1111-1111-111111111111',
  iss: `https://login.microsoftonline.com/${TENANT}/v2.0`,
  iat: now - 300,
  nbf: now - 300,
  exp: now + 5400,
  aio: 'AXQAi/8TAAAA',
  azp: '33333333-3333-3333-3333-333333333333',
  azpacr: '1',
  name: 'Ann Example',
  oid: '44444444-4444-4444-4444-444444444444',
  preferred_username: 'ann@example.com',
  rh: '0.AXkA',
  scp: 'documents.read',
  sub: 'AAAAAAAAAAAAAAAAAAAAAIkzqFVrSaSaFHy782bbtaQ',
  tid: TENANT,
  uti: 'fqiBqXLPj0eQa82S-IYFAA',
  ver: '2.0',
});

/** A version before 24: `nonce` and `session_state` in an access token. */
const keycloak = (now: number) => ({
  exp: now + 300,
  iat: now,
  auth_time: now - 1,
  jti: '5d8e6ff1-2a34-4c1b-9f0e-2f1f2d6ad7f0',
  iss: 'https://sso.example.com/realms/shop',
  aud: ['documents', 'account'],
  sub: 'f:9d4b1a0e-ann',
  typ: 'Bearer',
  azp: 'shop-app',
  nonce: 'bd5cd5c4-6a6c-4d3b-8a0c-55c5b0a1f2aa',
  session_state: '8a2b',
  acr: '1',
  'allowed-origins': ['https://shop.example.com'],
  realm_access: { roles: ['offline_access', 'uma_authorization', 'editor'] },
  resource_access: { account: { roles: ['manage-account'] } },
  scope: 'openid profile email',
  sid: '8a2b',
  email_verified: true,
  preferred_username: 'ann',
});

/** https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html: no aud. */
const cognito = (now: number) => ({
  sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  'cognito:groups': ['eu-west-1_AbCdEfGhI_Google', 'editor'],
  iss: 'https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_AbCdEfGhI',
  version: 2,
  client_id: '1h57kf5cpq17m0eml12EXAMPLE',
  origin_jti: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  event_id: '64f513be-32db-42b0-b78e-b02127b4f463',
  token_use: 'access',
  scope: 'openid documents/documents.read',
  auth_time: now,
  exp: now + 3600,
  iat: now,
  jti: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  username: 'ann',
});

/** https://cloud.google.com/docs/authentication/token-types#id-contents, of a service account. */
const google = (now: number) => ({
  aud: 'https://api.example.com',
  azp: '112010400000000710080',
  email: 'importer@example-project.iam.gserviceaccount.com',
  email_verified: true,
  exp: now + 3600,
  iat: now,
  iss: 'https://accounts.google.com',
  sub: '112010400000000710080',
});

const AUTH0_APP = 'my_client_id';
const AZP = '33333333-3333-3333-3333-333333333333';
const GROUP = '22222222-2222-2222-2222-222222222222';

/** Access tokens, each with the caller that it is. */
export const PROVIDER_TOKENS: readonly AccessToken[] = [
  {
    example: 'okta',
    form: 'a token with groups and a list of scopes',
    header: {},
    claims: okta,
    caller: { roles: ['editor'], client: '0oabucvyc38HLL1ef0h7', scopes: ['documents.read'] },
  },
  {
    example: 'auth0',
    form: 'a token of the default profile that lives for a day',
    header: JWT,
    claims: (now) => ({ ...auth0(now), azp: AUTH0_APP }),
    caller: { roles: ['editor'], client: AUTH0_APP, tier: 'premium', scopes: ['documents.read'] },
  },
  {
    example: 'auth0',
    form: 'a token of a machine, without roles',
    header: JWT,
    claims: (now) => ({
      ...{ iss: auth0(now).iss, sub: `${AUTH0_APP}@clients`, aud: 'https://api.example.com' },
      ...{ iat: now, exp: now + 86_400, gty: 'client-credentials', azp: AUTH0_APP },
    }),
    caller: { roles: [], client: AUTH0_APP },
  },
  {
    example: 'auth0Profile',
    form: 'a token of the RFC 9068 profile',
    header: { typ: 'at+jwt' },
    claims: (now) => ({ ...auth0(now), client_id: AUTH0_APP, jti: 'x9Wk' }),
    caller: { roles: ['editor'], client: AUTH0_APP, tier: 'premium', scopes: ['documents.read'] },
  },
  {
    example: 'entra',
    form: 'a token of 90 minutes that was issued five minutes early',
    header: JWT,
    claims: (now) => ({ ...entra(now), roles: ['editor'] }),
    caller: { roles: ['editor'], client: AZP, scopes: ['documents.read'] },
  },
  {
    example: 'entra',
    form: 'a token of a machine with app roles',
    header: JWT,
    claims: (now) => ({ ...entra(now), scp: undefined, idtyp: 'app', roles: ['viewer', 'Unknown.Role'] }),
    caller: { roles: ['viewer'], client: AZP },
  },
  {
    example: 'entraGroups',
    form: 'ids of groups',
    header: JWT,
    claims: (now) => ({ ...entra(now), groups: ['55555555-5555-5555-5555-555555555555', GROUP, 'admin'] }),
    caller: { roles: ['editor'], client: AZP, scopes: ['documents.read'] },
  },
  {
    example: 'keycloak',
    form: 'a token of an older version, with nonce and nested roles',
    header: JWT,
    claims: keycloak,
    caller: { roles: ['editor'], client: 'shop-app' },
  },
  {
    example: 'keycloak',
    form: 'a token of a current version',
    header: JWT,
    claims: (now) => ({ ...keycloak(now), nonce: undefined, session_state: undefined, jti: 'onrtac:5d8e6ff1' }),
    caller: { roles: ['editor'], client: 'shop-app' },
  },
  {
    example: 'existingPool',
    form: 'a token without audience',
    header: {},
    claims: cognito,
    caller: { roles: ['editor'], client: '1h57kf5cpq17m0eml12EXAMPLE', scopes: ['documents.read'] },
  },
  {
    example: 'google',
    form: 'a token of a service account for the audience',
    header: JWT,
    claims: google,
    caller: { roles: ['editor'], client: '112010400000000710080' },
  },
];

/** ID tokens, which are for the client. */
export const ID_TOKENS: readonly IdToken[] = [
  {
    example: 'keycloak',
    form: 'an ID token, also one for the audience and without nonce',
    header: JWT,
    claims: (now) => ({ ...keycloak(now), typ: 'ID', nonce: undefined }),
    reason: 'kind-rejected',
  },
  {
    example: 'keycloak',
    form: 'a token with nonce that does not say that it is an access token',
    header: JWT,
    claims: (now) => ({ ...keycloak(now), typ: undefined }),
    reason: 'kind-rejected',
  },
  {
    example: 'auth0',
    form: 'an ID token',
    header: JWT,
    claims: (now) => ({ ...auth0(now), aud: AUTH0_APP, nonce: 'n' }),
    reason: 'audience-invalid',
  },
  {
    example: 'auth0Profile',
    form: 'a token of the default profile',
    header: JWT,
    claims: (now) => ({ ...auth0(now), azp: AUTH0_APP }),
    reason: 'type-rejected',
  },
  {
    example: 'entra',
    form: 'an ID token',
    header: JWT,
    claims: (now) => ({ ...entra(now), aud: AZP, nonce: 'n' }),
    reason: 'audience-invalid',
  },
  {
    example: 'existingPool',
    form: 'an ID token',
    header: {},
    claims: (now) => ({ ...cognito(now), token_use: 'id', aud: '1h57kf5cpq17m0eml12EXAMPLE', client_id: undefined }),
    reason: 'client-invalid',
  },
  {
    example: 'google',
    form: 'an ID token of a person',
    header: JWT,
    claims: (now) => ({ ...google(now), aud: 'x.apps.googleusercontent.com', at_hash: 'x' }),
    reason: 'audience-invalid',
  },
];
