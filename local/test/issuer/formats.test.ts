import { createSecretKey } from 'node:crypto';
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, jwtVerify } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { browser, discover, type IssuerEndpoint, redeem, signIn } from '../../../test/support/oauth.ts';
import { adminSecret, machineClientSecret } from '../../services/issuer/adminSecret.ts';
import { requestToken } from '../../services/issuer/requestToken.ts';
import { type Issuer, startIssuer } from '../../services/issuer/start.ts';
import { JWT, sampleTokenSettings } from '../support/issuer.ts';
import { caFile, testTls } from '../support/services.ts';

const POOL_APP = 'abcdefghijklmnopqrstuvwxyz';
const POOL_MACHINE = 'zyxwvutsrqponmlkjihgfedcba';
const SHARED = 'a secret of more than thirty-two characters';
const pool = {
  redirectUris: [],
  introspects: false,
  scopes: ['openid', 'documents/documents.read', 'documents/documents.write'],
  userPool: 'pool',
};
const tokenSettings = sampleTokenSettings({
  targets: [
    { ...JWT, audience: [], clientIds: [POOL_APP, POOL_MACHINE], algorithms: ['ES256', 'RS256'], lifetimeSeconds: 900 },
    { ...JWT, format: 'hmac', audience: ['partners'], algorithms: [], issuer: 'partner', secret: SHARED },
  ],
  clients: [
    { ...pool, id: POOL_APP, isPublic: true, flows: ['code'] },
    { ...pool, id: POOL_MACHINE, isPublic: false, flows: ['client_credentials'] },
  ],
  rolesClaims: ['cognito:groups'],
  scopes: ['documents.read', 'documents.write'],
});
const FIELDS: [string, string][] = [
  ['username', 'ada'],
  ['roles', 'viewer'],
  ['tier', 'premium'],
];
const data = temporaryFolder();
let issuer: Issuer;
let endpoint: IssuerEndpoint;
let ready: { readonly issuer: string; readonly ca: string };
let app: client.Configuration;

beforeAll(async () => {
  const tls = await testTls();
  issuer = await startIssuer({ data, tls, tokenSettings, print: () => {} });
  endpoint = { issuer: issuer.url, ca: tls.caPem };
  ready = { issuer: issuer.url, ca: caFile(data, tls.caPem) };
  app = await discover(endpoint, 'local-app');
});
afterAll(() => issuer.close());

const keySet = async () => createLocalJWKSet(JSON.parse((await browser(endpoint)('/jwks')).text));
const machine = (id: string) => discover(endpoint, id, machineClientSecret(adminSecret(data), id));

test("a user pool's app gets access tokens as Cognito makes them: its id, groups, no audience, no type", async () => {
  const config = await discover(endpoint, POOL_APP);
  const parameters = { scope: 'openid documents/documents.read' };
  const tokens = await redeem(config, await signIn(config, endpoint, FIELDS, { parameters }));
  const { payload } = await jwtVerify(tokens.access_token, await keySet(), { issuer: issuer.url });
  expect(payload).toEqual({
    sub: 'ada',
    username: 'ada',
    client_id: POOL_APP,
    token_use: 'access',
    'cognito:groups': ['viewer', 'tier:premium'],
    scope: 'openid documents/documents.read',
    version: 2,
    iss: issuer.url,
    iat: expect.any(Number),
    exp: expect.any(Number),
    jti: expect.any(String),
    origin_jti: expect.any(String),
  });
  expect(decodeProtectedHeader(tokens.access_token)).toEqual({ alg: 'ES256', kid: expect.any(String) });
});

test('a machine client of the pool has the scopes that it names, or all that it is registered with', async () => {
  const config = await machine(POOL_MACHINE);
  const claims = async (scope?: string) =>
    decodeJwt((await client.clientCredentialsGrant(config, scope === undefined ? {} : { scope })).access_token);
  const one = await claims('documents/documents.read');
  expect(one).toMatchObject({ sub: POOL_MACHINE, client_id: POOL_MACHINE, scope: 'documents/documents.read' });
  expect(Object.keys(one).filter((name) => ['aud', 'username', 'cognito:groups', 'tier'].includes(name))).toEqual([]);
  expect((await claims())['scope']).toBe(pool.scopes.join(' '));
  await expect(claims('documents/documents.delete')).rejects.toMatchObject({ error: 'invalid_scope' });
});

test("a pool's client has tokens of the pool alone, whatever it asks for", async () => {
  const config = await machine(POOL_MACHINE);
  const resource = 'urn:secure-api:local:hmac';
  const { access_token: token } = await client.clientCredentialsGrant(config, { resource });
  expect(decodeProtectedHeader(token).alg).toBe('ES256');
});

test('clients that are not of the pool have a separate audience, so that no API confuses them', async () => {
  const token = await requestToken({ ready, data, client: 'acme' });
  expect(decodeJwt(token)).toMatchObject({ aud: 'urn:secure-api:local', client_id: 'acme' });
  expect(decodeProtectedHeader(token)).toMatchObject({ typ: 'at+jwt' });
});

test('tokens live as long as the API accepts, unless a machine asks for another time', async () => {
  const lifetime = (token: string) => (decodeJwt(token).exp ?? 0) - (decodeJwt(token).iat ?? 0);
  expect(lifetime((await redeem(app, await signIn(app, endpoint, FIELDS))).access_token)).toBe(900);
  expect(lifetime(await requestToken({ ready, data }))).toBe(900);
  expect(lifetime(await requestToken({ ready, data, ttl: 7200 }))).toBe(7200);
});

test.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('a token is signed by %s when that is asked for', async (alg) => {
  const token = await requestToken({ ready, data, alg });
  expect(decodeProtectedHeader(token).alg).toBe(alg);
  await jwtVerify(token, await keySet(), { issuer: issuer.url });
});

test('by default a token is signed by the first algorithm that the API accepts', async () => {
  expect(decodeProtectedHeader(await requestToken({ ready, data })).alg).toBe('ES256');
});

test('an issuer that shares a secret signs with it, under its own name', async () => {
  const token = await requestToken({ ready, data, roles: ['editor'], format: 'hmac' });
  const key = createSecretKey(Buffer.from(SHARED));
  const { payload, protectedHeader } = await jwtVerify(token, key, { issuer: 'partner', audience: 'partners' });
  expect(protectedHeader).toEqual({ alg: 'HS256', typ: 'at+jwt' });
  expect(payload['cognito:groups']).toEqual(['editor']);
});

test('declared scopes are granted to machines and to people who asked for them, and no others', async () => {
  const token = await requestToken({ ready, data, scopes: ['documents.write'] });
  expect(decodeJwt(token)['scope']).toBe('api documents.write');
  const parameters = { scope: 'openid documents.read documents.delete' };
  const tokens = await redeem(app, await signIn(app, endpoint, FIELDS, { parameters }));
  expect(decodeJwt(tokens.access_token)['scope']).toBe('documents.read');
  const fresh = await client.refreshTokenGrant(app, tokens.refresh_token ?? '');
  expect(decodeJwt(fresh.access_token)['scope']).toBe('documents.read');
});

test('a temporary role ends at its second, also in refreshed tokens', async () => {
  const now = Math.floor(Date.now() / 1000);
  const elevated = (token: string) => decodeJwt(token)['elevated'] as { role: string; until: number }[];
  const [machineRole] = elevated(await requestToken({ ready, data, elevated: [['editor', 60]] }));
  expect(machineRole?.role).toBe('editor');
  expect((machineRole?.until ?? 0) - now).toBeGreaterThanOrEqual(60);
  const fields: [string, string][] = [...FIELDS, ['elevated', 'editor'], ['minutes', '5']];
  const tokens = await redeem(app, await signIn(app, endpoint, fields));
  const fresh = await client.refreshTokenGrant(app, tokens.refresh_token ?? '');
  expect(elevated(fresh.access_token)).toEqual(elevated(tokens.access_token));
  expect(elevated(tokens.access_token)).toEqual([{ role: 'editor', until: expect.any(Number) }]);
});

test.each([
  [
    'a scope that no API declares',
    { scopes: ['documents.delete'] },
    /scope "documents.delete" is unknown; expected one of/,
  ],
  ['a temporary role that is unknown', { elevated: [['root', 60]] as const }, /role "root" is unknown/],
  ['a temporary role without end', { elevated: [['editor', 0]] as const }, /lasts 1 to 86400 seconds/],
  ['a temporary role of more than a day', { elevated: [['editor', 86_401]] as const }, /lasts 1 to 86400 seconds/],
  ['an algorithm without a key', { alg: 'none' }, /alg must be one of RS256, PS256, ES256, EdDSA/],
  [
    'a kind that the stack does not accept',
    { format: 'opaque' as const },
    /resource is unknown; leave it out, or use one of/,
  ],
])('%s is rejected with the reason', async (_, options, message) => {
  await expect(requestToken({ ready, data, ...options })).rejects.toThrow(message);
});
