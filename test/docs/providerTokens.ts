import type { JWTPayload } from 'jose';

/** A token in the form that a provider issues. */
export interface ProviderToken {
  /** The exported name of an example in `docs/identity.md` or `docs/identity`. */
  readonly example: string;
  readonly form: string;
  readonly header: Readonly<Record<string, unknown>>;
  /** @param now epoch seconds. */
  readonly claims: (now: number) => JWTPayload;
}

export interface AcceptedToken extends ProviderToken {
  readonly caller: Readonly<Record<string, unknown>>;
}

export interface RejectedToken extends ProviderToken {
  readonly reason: string;
}

export const JWT = { typ: 'JWT' };
export const TENANT = '00000000-0000-0000-0000-000000000000';

/** https://developer.okta.com/docs/api/openapi/okta-oauth/guides/overview/#access-token: no typ, scopes as a list. */
export const okta = (now: number) => ({
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
  groups: ['Everyone', 'Documents Editors', 'admin'],
});

/** https://auth0.com/docs/secure/tokens/access-tokens/access-token-profiles: 86,400 seconds are the default lifetime. */
export const auth0 = (now: number) => ({
  'https://api.example.com/roles': ['Document Editor', 'admin'],
  'https://api.example.com/tier': 'premium',
  iss: 'https://example.eu.auth0.com/',
  sub: 'auth0|507f1f77bcf86cd799439020',
  aud: ['https://api.example.com', 'https://example.eu.auth0.com/userinfo'],
  iat: now,
  exp: now + 86_400,
  scope: 'openid profile documents.read',
});

/** https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference: issued five minutes early, 60–90 minutes. */
export const entra = (now: number) => ({
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
export const keycloak = (now: number) => ({
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
export const cognito = (now: number) => ({
  sub: 'aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee',
  'cognito:groups': ['eu-west-1_AbCdEfGhI_Google', 'Document editors', 'admin'],
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
export const google = (now: number) => ({
  aud: 'https://api.example.com',
  azp: '112010400000000710080',
  email: 'importer@example-project.iam.gserviceaccount.com',
  email_verified: true,
  exp: now + 3600,
  iat: now,
  iss: 'https://accounts.google.com',
  sub: '112010400000000710080',
});

/** https://learn.microsoft.com/entra/identity-platform/access-token-claims-reference, of version 1. */
export const entraVersion1 = (now: number) => ({
  ...without(entra(now), 'azp', 'azpacr', 'preferred_username'),
  aud: 'api://11111111-1111-1111-1111-111111111111',
  iss: `https://sts.windows.net/${TENANT}/`,
  acr: '1',
  amr: ['pwd'],
  appid: AZP,
  appidacr: '0',
  ipaddr: '192.0.2.1',
  unique_name: 'ann@example.com',
  ver: '1.0',
});

/** https://developers.google.com/identity/openid-connect/openid-connect#an-id-tokens-payload, of a Workspace account. */
export const googlePerson = (now: number) => ({
  iss: 'https://accounts.google.com',
  azp: '1234-web.apps.googleusercontent.com',
  aud: '1234-web.apps.googleusercontent.com',
  sub: '110169484474386276334',
  hd: 'example.com',
  email: 'ann@example.com',
  email_verified: true,
  at_hash: 'HK6E_P6Dh8Y93mRNtsDB1Q',
  nonce: '0394852-3190485-2490358',
  name: 'Ann Example',
  iat: now,
  exp: now + 3600,
});

/** Claims of a provider without its own page. */
export const plain = (now: number) => ({
  iss: 'https://login.example.com',
  aud: 'documents',
  sub: 'ann',
  client_id: 'app',
  iat: now,
  exp: now + 300,
});

export const AUTH0_APP = 'my_client_id';
export const AZP = '33333333-3333-3333-3333-333333333333';
export const GROUP = '22222222-2222-2222-2222-222222222222';
export const OTHER_TENANT = '66666666-6666-6666-6666-666666666666';

/** The claims without these. */
export function without(claims: object, ...names: readonly string[]): JWTPayload {
  return Object.fromEntries(Object.entries(claims).filter(([name]) => !names.includes(name)));
}
