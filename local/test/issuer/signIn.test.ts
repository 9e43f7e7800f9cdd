import { decodeJwt } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import {
  browser,
  discover,
  type IssuerEndpoint,
  REDIRECT,
  redeem,
  signIn as signInAt,
  type Visit,
} from '../../../test/support/oauth.ts';
import { type Issuer, startIssuer } from '../../services/issuer/start.ts';
import { sampleTokenSettings } from '../support/issuer.ts';
import { type TestTls, testTls } from '../support/services.ts';

const data = temporaryFolder();
const tokenSettings = sampleTokenSettings();
const printed: string[] = [];
let tls: TestTls;
let issuer: Issuer;
let endpoint: IssuerEndpoint;
let config: client.Configuration;

async function start() {
  issuer = await startIssuer({ data, tls, tokenSettings, print: (line) => printed.push(line) });
  endpoint = { issuer: issuer.url, ca: tls.caPem };
  config = await discover(endpoint, 'local-app');
}

beforeAll(async () => {
  tls = await testTls();
  await start();
});
afterAll(() => issuer.close());

const signIn = (fields: [string, string][], parameters: Record<string, string> = {}, visit?: Visit) =>
  signInAt(config, endpoint, fields, { parameters, ...(visit && { visit }) });

test('code with PKCE returns a token with the roles and tier picked on the page', async () => {
  const { callback, verifier } = await signIn([
    ['username', 'ada'],
    ['roles', 'viewer'],
    ['roles', 'editor'],
    ['tier', 'premium'],
  ]);
  const tokens = await redeem(config, { callback, verifier });
  expect(decodeJwt(tokens.access_token)).toMatchObject({
    sub: 'ada',
    aud: 'documents',
    client_id: 'local-app',
    scope: 'api',
    roles: ['viewer', 'editor'],
    tier: 'premium',
  });
  expect(tokens.claims()?.sub).toBe('ada');
});

test('two sign-ins of one user keep their own roles, through refreshes as well', async () => {
  const first = await signIn([
    ['username', 'ada'],
    ['roles', 'viewer'],
    ['tier', 'free'],
  ]);
  const second = await signIn([
    ['username', 'ada'],
    ['roles', 'editor'],
    ['tier', 'free'],
  ]);
  const one = await redeem(config, first);
  const two = await redeem(config, second);
  const again = await client.refreshTokenGrant(config, one.refresh_token ?? '');
  expect(decodeJwt(again.access_token)['roles']).toEqual(['viewer']);
  expect(decodeJwt(two.access_token)['roles']).toEqual(['editor']);
});

test('a browser that signed in before can pick other roles the next time', async () => {
  const first = await signIn([
    ['username', 'bo'],
    ['roles', 'viewer'],
    ['tier', 'free'],
  ]);
  const second = await signIn(
    [
      ['username', 'bo'],
      ['roles', 'editor'],
      ['tier', 'free'],
    ],
    {},
    first.visit,
  );
  expect(second.shown.text).toContain('value="bo"');
  const tokens = await redeem(config, second);
  expect(decodeJwt(tokens.access_token)['roles']).toEqual(['editor']);
});

test('a refresh token is rotated, and its second use ends the whole grant', async () => {
  const { callback, verifier } = await signIn([
    ['username', 'eve'],
    ['tier', 'free'],
  ]);
  const { refresh_token: old = '' } = await redeem(config, { callback, verifier });
  const { refresh_token: next = '' } = await client.refreshTokenGrant(config, old);
  expect(next).not.toBe(old);
  await expect(client.refreshTokenGrant(config, old)).rejects.toMatchObject({ error: 'invalid_grant' });
  await expect(client.refreshTokenGrant(config, next)).rejects.toMatchObject({ error: 'invalid_grant' });
});

test('a refresh token survives a restart, can be introspected and revoked', async () => {
  const { callback, verifier } = await signIn([
    ['username', 'dan'],
    ['roles', 'viewer'],
    ['tier', 'free'],
  ]);
  const { refresh_token: token = '' } = await redeem(config, { callback, verifier });
  await issuer.close();
  await start();
  const fresh = await client.refreshTokenGrant(config, token);
  expect(decodeJwt(fresh.access_token)).toMatchObject({ sub: 'dan', roles: ['viewer'] });
  const current = fresh.refresh_token ?? '';
  expect(await client.tokenIntrospection(config, current)).toMatchObject({ active: true, sub: 'dan' });
  await client.tokenRevocation(config, current);
  expect(await client.tokenIntrospection(config, current)).toEqual({ active: false });
});

test('the page has labels, no script, and a policy that lets the form return to the app only', async () => {
  const { shown } = await signIn([
    ['username', 'x'],
    ['tier', 'free'],
  ]);
  expect(shown.status).toBe(200);
  expect(shown.text).toMatch(/<html lang="en">.*<label for="username">.*<legend>Roles<\/legend>.*<label for="tier">/s);
  expect(shown.text).not.toMatch(/<script|style=/);
  const policy = String(shown.headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'");
  expect(policy).toContain("form-action 'self' http://127.0.0.1:49152;");
  expect(policy).not.toContain('unsafe');
  expect(shown.headers['cache-control']).toBe('no-store');
});

test('a hostile login hint is text on the page', async () => {
  const { shown } = await signIn(
    [
      ['username', 'x'],
      ['tier', 'free'],
    ],
    { login_hint: '"><script>alert(1)</script>' },
  );
  expect(shown.text).toContain('&quot;&gt;&lt;script&gt;');
});

test.each([
  [
    'no username',
    [
      ['username', ' '],
      ['tier', 'free'],
    ],
    /username/,
  ],
  [
    'an unknown role',
    [
      ['username', 'x'],
      ['roles', 'root'],
      ['tier', 'free'],
    ],
    /role &quot;root&quot; is unknown/,
  ],
] as [string, [string, string][], RegExp][])('%s shows the page again with the reason', async (_, fields, message) => {
  const { posted } = await signIn(fields);
  expect(posted.status).toBe(422);
  expect(posted.text).toMatch(message);
});

test('cancelling returns access_denied to the app', async () => {
  const { callback } = await signIn([['abort', 'yes']]);
  expect(new URL(callback).searchParams.get('error')).toBe('access_denied');
});

test('a code is of no use without its verifier, and only once', async () => {
  const { callback, verifier } = await signIn([
    ['username', 'x'],
    ['tier', 'free'],
  ]);
  const stolen = client.randomPKCECodeVerifier();
  await expect(redeem(config, { callback, verifier: stolen })).rejects.toMatchObject({ error: 'invalid_grant' });
  await redeem(config, { callback, verifier });
  await expect(redeem(config, { callback, verifier })).rejects.toMatchObject({ error: 'invalid_grant' });
});

test.each([
  ['without PKCE', {}],
  ['with the plain method', { code_challenge: 'a'.repeat(43), code_challenge_method: 'plain' }],
])('a sign-in %s is rejected', async (_, parameters: Record<string, string>) => {
  const start = client.buildAuthorizationUrl(config, {
    redirect_uri: REDIRECT,
    scope: 'openid',
    ...parameters,
  });
  const { location = '' } = await browser(endpoint)(start.href);
  expect(new URL(location).searchParams.get('error')).toBe('invalid_request');
});

test.each([
  'https://evil.example/cb',
  'http://127.0.0.1.evil.example/',
  'http://user@localhost/',
  'http://localhost:1\\@evil.example/',
  'myapp:/cb',
])('a redirect to %s is rejected on a page, without a redirect', async (redirect_uri) => {
  const start = client.buildAuthorizationUrl(config, {
    redirect_uri,
    scope: 'openid',
    code_challenge: 'a'.repeat(43),
  });
  const page = await browser(endpoint)(start.href);
  expect(page.status).toBe(400);
  expect(page.location).toBeUndefined();
});

test('an interaction of another browser is rejected', async () => {
  const visit = browser(endpoint);
  const { location = '' } = await visit(
    client.buildAuthorizationUrl(config, {
      redirect_uri: 'https://localhost:8443/cb',
      scope: 'openid',
      code_challenge: 'a'.repeat(43),
      code_challenge_method: 'S256',
    }).href,
  );
  expect((await visit(location)).status).toBe(200);
  expect((await browser(endpoint)(location)).status).toBe(400);
  expect((await browser(endpoint)(location, new URLSearchParams({ username: 'x' }))).status).toBe(400);
});

test('nothing was printed', () => expect(printed).toEqual([]));
