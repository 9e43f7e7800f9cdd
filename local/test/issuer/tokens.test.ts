import { readFileSync, statSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';
import { JwtRsaVerifier } from 'aws-jwt-verify';
import { createRemoteJWKSet, customFetch, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { adminSecret, machineClientSecret } from '../../services/issuer/adminSecret.ts';
import { claimsToRequest } from '../../services/issuer/assignedClaims.ts';
import { requestToken } from '../../services/issuer/requestToken.ts';
import { type Issuer, startIssuer } from '../../services/issuer/start.ts';
import { JWT, sampleTokenSettings } from '../support/issuer.ts';
import { caFile, type TestTls, testTls } from '../support/services.ts';

const data = temporaryFolder();
const tokenSettings = sampleTokenSettings({
  rolesClaims: ['cognito:groups'],
  tierClaims: ['custom:tier'],
  roles: ['viewer', 'editor', 'admin'],
  claims: {
    tenant: { type: 'string', optional: true, patterns: [], names: ['tenant'] },
    seats: { type: 'integer', optional: true, patterns: [], names: ['seats'] },
  },
});
const printed: string[] = [];
let tls: TestTls;
let issuer: Issuer;
let ready: { readonly issuer: string; readonly ca: string };

beforeAll(async () => {
  for (const name of ['info', 'warn', 'error', 'log'] as const) {
    vi.spyOn(console, name).mockImplementation((...words: unknown[]) => void printed.push(words.join(' ')));
  }
  tls = await testTls();
  issuer = await startIssuer({ data, tls, tokenSettings, print: (line) => printed.push(line) });
  ready = { issuer: issuer.url, ca: caFile(data, tls.caPem) };
});
afterAll(() => issuer.close());

interface IssuerResponse {
  readonly status: number;
  readonly text: string;
}

function call(path: string, options: https.RequestOptions = {}, body?: string): Promise<IssuerResponse> {
  return new Promise((resolve, reject) => {
    const request = https.request(`${issuer.url}${path}`, { ca: tls.caPem, ...options }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (part) => {
        text += part;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
    });
    request.on('error', reject).end(body);
  });
}

function tokenCall(form: Record<string, string>, auth?: string): Promise<IssuerResponse> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  return call('/token', { method: 'POST', headers, ...(auth && { auth }) }, new URLSearchParams(form).toString());
}

const keySet = () =>
  createRemoteJWKSet(new URL(`${issuer.url}/jwks`), {
    [customFetch]: async (url: string) => new Response((await call(new URL(url).pathname)).text),
  });

test('a machine token carries audience, subject, client, roles and tier, and verifies with jose', async () => {
  const token = await requestToken({ ready, data, roles: ['editor'], tier: 'premium', client: 'acme', ttl: 300 });
  const { payload } = await jwtVerify(token, keySet(), { issuer: issuer.url, audience: 'documents' });
  expect(payload).toMatchObject({
    sub: 'acme',
    client_id: 'acme',
    'cognito:groups': ['editor'],
    'custom:tier': 'premium',
    scope: 'api role:editor tier:premium',
    jti: expect.any(String),
  });
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(300);
  expect(decodeProtectedHeader(token)).toMatchObject({ alg: 'RS256', typ: 'at+jwt' });
});

test('the same token verifies with aws-jwt-verify', async () => {
  const token = await requestToken({ ready, data, roles: ['viewer'] });
  const verifier = JwtRsaVerifier.create({ issuer: issuer.url, audience: 'documents', jwksUri: `${issuer.url}/jwks` });
  verifier.cacheJwks(JSON.parse((await call('/jwks')).text));
  const claims = await verifier.verify(token);
  expect(claims['cognito:groups']).toEqual(['viewer']);
  expect(claims['custom:tier']).toBe('free');
});

test('parallel requests of one client with different roles do not mix', async () => {
  const roles = Array.from({ length: 12 }, (_, index) => tokenSettings.roles[index % 3] ?? '');
  const tokens = await Promise.all(roles.map((role) => requestToken({ ready, data, roles: [role], client: 'one' })));
  const keys = keySet();
  const found = await Promise.all(
    tokens.map(async (token) => (await jwtVerify(token, keys)).payload['cognito:groups']),
  );
  expect(found).toEqual(roles.map((role) => [role]));
});

test('the key set offers a key for each algorithm, and the next ones, and nothing private', async () => {
  const { keys } = JSON.parse((await call('/jwks')).text);
  const each = ['RS256', 'PS256', 'ES256', 'EdDSA'];
  expect(keys.map((key: { alg: string }) => key.alg)).toEqual([...each, ...each]);
  expect(Object.keys(Object.assign({}, ...keys))).not.toContain('d');
});

test('discovery names S256, the flows and the endpoints', async () => {
  const metadata = JSON.parse((await call('/.well-known/openid-configuration')).text);
  expect(metadata).toMatchObject({
    issuer: issuer.url,
    code_challenge_methods_supported: ['S256'],
    introspection_endpoint: `${issuer.url}/token/introspection`,
    revocation_endpoint: `${issuer.url}/token/revocation`,
  });
  expect(metadata.grant_types_supported).toEqual(
    expect.arrayContaining(['authorization_code', 'refresh_token', 'client_credentials']),
  );
});

test.each([
  ['an unknown role', { roles: ['edit0r'] }, /role "edit0r" is unknown; expected one of viewer, editor, admin/],
  ['an unknown tier', { tier: 'gold' }, /tier "gold" is unknown/],
  ['a lifetime that is too long', { ttl: 86_401 }, /ttl must be a whole number/],
  ['a lifetime of nothing', { ttl: 0 }, /ttl must be a whole number/],
  ['the id of the public client', { client: 'local-app' }, /rejected/],
  ['a client id with a space', { client: 'a b' }, /client id/],
])('%s is rejected with the reason', async (_, options, message) => {
  await expect(requestToken({ ready, data, ...options })).rejects.toThrow(message);
});

test('a wrong client secret is rejected, and the public client gets no machine token', async () => {
  const wrong = await tokenCall({ grant_type: 'client_credentials', scope: 'role:admin' }, 'acme:guess');
  expect(wrong).toMatchObject({ status: 401 });
  expect(JSON.parse(wrong.text).error).toBe('invalid_client');
  const open = await tokenCall({ grant_type: 'client_credentials', client_id: 'local-app', scope: 'role:admin' });
  expect(open.status).toBe(400);
});

test('two tiers in one request are rejected, and a foreign resource too', async () => {
  const auth = `acme:${machineClientSecret(adminSecret(data), 'acme')}`;
  const tiers = await tokenCall({ grant_type: 'client_credentials', scope: 'tier:free tier:premium' }, auth);
  expect(JSON.parse(tiers.text)).toMatchObject({ error: 'invalid_scope' });
  const resource = await tokenCall({ grant_type: 'client_credentials', resource: 'https://other.example' }, auth);
  expect(JSON.parse(resource.text)).toMatchObject({ error: 'invalid_target' });
});

test('a gateway that is gone, or another data directory, is named in the error', async () => {
  const gone = { ...ready, issuer: 'https://localhost:1' };
  await expect(requestToken({ ready: gone, data })).rejects.toMatchObject({ code: 'issuer-unreachable' });
  const elsewhere = temporaryFolder();
  await expect(requestToken({ ready, data: elsewhere })).rejects.toMatchObject({ code: 'no-admin-secret' });
});

test('keys and secrets are readable by the owner only, and survive a restart on the same port', async () => {
  for (const name of ['keys.json', 'admin-secret', 'port']) {
    expect(statSync(join(data, 'issuer', name)).mode & 0o777).toBe(0o600);
  }
  const token = await requestToken({ ready, data, roles: ['viewer'] });
  const before = issuer.url;
  await issuer.close();
  issuer = await startIssuer({ data, tls, tokenSettings, print: (line) => printed.push(line) });
  expect(issuer.url).toBe(before);
  await jwtVerify(token, keySet(), { issuer: issuer.url });
});

test('a remembered port that is in use is replaced by a free one, a requested port is an error', async () => {
  const port = Number(readFileSync(join(data, 'issuer', 'port'), 'utf8'));
  const other = await startIssuer({ data, tls, tokenSettings, print: () => {} });
  expect(other.url).not.toBe(issuer.url);
  await other.close();
  await expect(startIssuer({ data, tls, tokenSettings, port, print: () => {} })).rejects.toThrow(
    `port ${port} is in use`,
  );
});

test('tokens with several audiences carry them all, and without known roles any role is accepted', async () => {
  const own = temporaryFolder();
  const open = sampleTokenSettings({ targets: [{ ...JWT, audience: ['a', 'b'] }], roles: [], tiers: [] });
  const second = await startIssuer({ data: own, tls, tokenSettings: open, print: () => {} });
  const elsewhere = { ...ready, issuer: second.url };
  const token = await requestToken({ ready: elsewhere, data: own, roles: ['anything'] });
  const [, payload = ''] = token.split('.');
  expect(JSON.parse(Buffer.from(payload, 'base64url').toString())).toMatchObject({ aud: ['a', 'b'] });
  await second.close();
});

test('TLS 1.2 is rejected', async () => {
  await expect(call('/jwks', { maxVersion: 'TLSv1.2' })).rejects.toThrow();
});

test('nothing was printed: no quick-start warning, no secret', () => {
  expect(printed).toEqual([]);
});

test.each([
  ['a claim with a space', { claims: { tenant: 'a b' } }, /"claim:tenant=a b"; expected .* without spaces/],
  ['a claim whose name has a space', { claims: { 'a b': 'x' } }, /without spaces/],
  ['a claim with a line break', { claims: { tenant: 'a\nb' } }, /without spaces/],
  ['a claim beyond ASCII', { claims: { tenant: 'é' } }, /visible ASCII/],
  ['two roles in one', { roles: ['viewer editor'] }, /"role:viewer editor"/],
  ['a tier with a space', { tier: 'free premium' }, /"tier:free premium"/],
  ['two scopes in one', { scopes: ['a b'] }, /"a b"/],
  ['a scope without a name', { scopes: [''] }, /""/],
  ['a temporary role with a space', { elevated: [['a b', 5]] as const }, /"elevated:a b:5"/],
  ['a claim with a comma', { claims: { tenant: 'a,b' } }, /the claim "tenant" cannot be "a,b"; expected a string/],
  ['a claim with an equals sign', { claims: { tenant: 'a=b' } }, /the claim "tenant" cannot be "a=b"/],
  ['an empty claim', { claims: { tenant: '' } }, /the claim "tenant" cannot be ""/],
  ['an unknown claim', { claims: { tenat: 'a' } }, /the claim "tenat" is unknown; expected one of tenant, seats/],
  ['a claim of another kind', { claims: { seats: 'many' } }, /the claim "seats" cannot be "many"; expected an integer/],
])('a request for %s gets no token, with the reason', async (_, request, message) => {
  await expect(requestToken({ ready, data, roles: ['viewer'], ...request })).rejects.toThrow(message);
});

test('claims to request are those that are required and that the issuer does not write itself', () => {
  const hint = { type: 'string', optional: false, patterns: [] } as const;
  const claims = { tenant: { ...hint, names: ['org_id'] }, user: { ...hint, names: ['sub'] } };
  const hints = { ...claims, plan: { ...hint, optional: true } };
  expect(claimsToRequest(hints, sampleTokenSettings({ claims }))).toEqual(['tenant']);
});
