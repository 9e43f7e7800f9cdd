import * as client from 'openid-client';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { browser, discover, follow, type IssuerEndpoint, redeem, signIn } from '../../../test/support/oauth.ts';
import { adminSecret, machineClientSecret } from '../../services/issuer/adminSecret.ts';
import { type Issuer, startIssuer } from '../../services/issuer/start.ts';
import { JWT, sampleTokenSettings } from '../support/issuer.ts';
import { testTls } from '../support/services.ts';

const OPAQUE = 'urn:secure-api:local:opaque';
const ASKING_SECRET = 'shared with the authorizer alone';
const tokenSettings = sampleTokenSettings({
  targets: [JWT, { ...JWT, format: 'opaque', issuer: 'https://opaque.example' }],
  clients: [
    {
      id: 'web',
      isPublic: false,
      flows: ['code'],
      redirectUris: ['https://app.example/cb'],
      scopes: [],
      introspects: false,
    },
    { id: 'api', isPublic: false, secret: ASKING_SECRET, flows: [], redirectUris: [], scopes: [], introspects: true },
  ],
});
const FIELDS: [string, string][] = [
  ['username', 'ada'],
  ['roles', 'viewer'],
  ['tier', 'free'],
];
const data = temporaryFolder();
const printed: string[] = [];
let issuer: Issuer;
let endpoint: IssuerEndpoint;
let app: client.Configuration;
/** What an authorizer asks with. */
let api: client.Configuration;

beforeAll(async () => {
  const tls = await testTls();
  issuer = await startIssuer({ data, tls, tokenSettings, print: (line) => printed.push(line) });
  endpoint = { issuer: issuer.url, ca: tls.caPem };
  app = await discover(endpoint, 'local-app');
  api = await discover(endpoint, 'api', ASKING_SECRET);
});
afterAll(() => issuer.close());

const machine = (id: string) => discover(endpoint, id, machineClientSecret(adminSecret(data), id));

/** Sign-in whose access tokens are opaque, so that what becomes of them can be asked. */
async function opaqueSignIn() {
  const signedIn = await signIn(app, endpoint, FIELDS, { parameters: { resource: OPAQUE } });
  return redeem(app, signedIn);
}

test("an opaque token reveals nothing to its holder, and everything to the API's authorizer", async () => {
  const { access_token: token } = await opaqueSignIn();
  expect(token).not.toContain('.');
  expect(await client.tokenIntrospection(api, token)).toMatchObject({
    active: true,
    iss: 'https://opaque.example',
    aud: 'documents',
    sub: 'ada',
    client_id: 'local-app',
    roles: ['viewer'],
    tier: 'free',
    token_type: 'Bearer',
    exp: expect.any(Number),
  });
});

test('an opaque token of a machine names the machine as its subject', async () => {
  const config = await machine('acme');
  const { access_token: token } = await client.clientCredentialsGrant(config, {
    resource: OPAQUE,
    scope: 'role:editor',
  });
  expect(await client.tokenIntrospection(api, token)).toMatchObject({ active: true, sub: 'acme', roles: ['editor'] });
});

test('another client learns nothing of a token, and cannot revoke it', async () => {
  const { access_token: token } = await opaqueSignIn();
  const stranger = await machine('stranger');
  expect(await client.tokenIntrospection(stranger, token)).toEqual({ active: false });
  await client.tokenRevocation(stranger, token);
  expect(await client.tokenIntrospection(api, token)).toMatchObject({ active: true });
});

test('revoking an access token ends its sign-in, the refresh token included', async () => {
  const tokens = await opaqueSignIn();
  await client.tokenRevocation(app, tokens.access_token);
  expect(await client.tokenIntrospection(api, tokens.access_token)).toEqual({ active: false });
  await expect(client.refreshTokenGrant(app, tokens.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});

test('revoking a refresh token ends the access tokens of its sign-in', async () => {
  const tokens = await opaqueSignIn();
  await client.tokenRevocation(app, tokens.refresh_token ?? '');
  expect(await client.tokenIntrospection(api, tokens.access_token)).toEqual({ active: false });
});

test('the second use of a refresh token ends the whole sign-in, for thief and owner', async () => {
  const first = await opaqueSignIn();
  const second = await client.refreshTokenGrant(app, first.refresh_token ?? '');
  expect(await client.tokenIntrospection(api, second.access_token)).toMatchObject({ active: true });
  await expect(client.refreshTokenGrant(app, first.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  });
  expect(await client.tokenIntrospection(api, second.access_token)).toEqual({ active: false });
  await expect(client.refreshTokenGrant(app, second.refresh_token ?? '')).rejects.toMatchObject({
    error: 'invalid_grant',
  });
});

test('JWTs are not introspected: the authorizer proves them by the keys', async () => {
  const { access_token: token } = await redeem(app, await signIn(app, endpoint, FIELDS));
  await expect(client.tokenIntrospection(api, token)).rejects.toMatchObject({ error: 'unsupported_token_type' });
});

test('a confidential client of the stack signs in with its secret, to this machine and where it is registered', async () => {
  const web = await machine('web');
  const tokens = await redeem(web, await signIn(web, endpoint, FIELDS));
  expect(tokens.claims()?.sub).toBe('ada');
  await expect(redeem(await discover(endpoint, 'web'), await signIn(web, endpoint, FIELDS))).rejects.toMatchObject({
    error: 'invalid_client',
  });
  const registered = { parameters: { redirect_uri: 'https://app.example/cb' } };
  expect((await signIn(web, endpoint, FIELDS, registered)).callback).toMatch(/^https:\/\/app\.example\/cb\?code=/);
  const elsewhere = { parameters: { redirect_uri: 'https://app.example/other' } };
  expect((await signIn(web, endpoint, FIELDS, elsewhere)).callback).toBe('');
});

/** A person with a browser enters the code of a device. */
async function enterCode(code: string, button: 'confirm' | 'abort') {
  const visit = browser(endpoint);
  const xsrfOf = (text: string) => /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
  const entry = await visit('/device');
  const asked = await visit('/device', new URLSearchParams({ xsrf: xsrfOf(entry.text), user_code: code }));
  const form = new URLSearchParams({ xsrf: xsrfOf(asked.text), user_code: code, [button]: 'yes' });
  const next = await follow(visit, endpoint.issuer, await visit('/device', form));
  return { visit, entry, asked, next };
}

const actionOf = (text: string) => /action="(\/interaction\/[^"]+)"/.exec(text)?.[1] ?? '';

test('a device gets its tokens once a person has entered its code, confirmed it and signed in', async () => {
  const device = await client.initiateDeviceAuthorization(app, { scope: 'openid api' });
  expect(device).toMatchObject({
    verification_uri: `${issuer.url}/device`,
    user_code: expect.stringMatching(/^.{4}-.{4}$/),
  });
  const waiting = client.pollDeviceAuthorizationGrant(app, { ...device, interval: 0.1 });
  const { visit, asked, next } = await enterCode(device.user_code, 'confirm');
  expect(asked.text).toContain(device.user_code);
  const done = await follow(visit, endpoint.issuer, await visit(actionOf(next.text), new URLSearchParams(FIELDS)));
  expect(done.text).toContain('Signed in');
  const tokens = await waiting;
  expect(tokens.claims()?.sub).toBe('ada');
  expect((await client.refreshTokenGrant(app, tokens.refresh_token ?? '')).access_token).toMatch(/^ey/);
});

test('a device gets an error when the person does not know its code', async () => {
  const device = await client.initiateDeviceAuthorization(app, { scope: 'openid' });
  const { next } = await enterCode(device.user_code, 'abort');
  expect(next.text).toContain('cancelled');
  await expect(client.pollDeviceAuthorizationGrant(app, { ...device, interval: 0.1 })).rejects.toMatchObject({
    error: 'access_denied',
  });
});

test('a code that no device has, or none at all, shows the page again with the reason', async () => {
  expect((await enterCode('BBBB-BBBB', 'confirm')).asked.text).toMatch(/role="alert">No device is waiting/);
  expect((await enterCode('', 'confirm')).asked.text).toMatch(/role="alert">Enter the code/);
});

test('the complete address has the code filled in, escaped, and signs nobody in by itself', async () => {
  const device = await client.initiateDeviceAuthorization(app, { scope: 'openid' });
  const page = await browser(endpoint)(device.verification_uri_complete ?? '');
  expect(page.text).toContain(`value="${device.user_code}"`);
  expect(page.text).not.toContain('<script');
  const hostile = await browser(endpoint)(`/device?user_code=${encodeURIComponent('"><b>')}`);
  expect(hostile.text).toContain('value="&quot;&gt;&lt;b&gt;"');
});

test('a code is of no use to a page of another site, which has not the form of this browser', async () => {
  const device = await client.initiateDeviceAuthorization(app, { scope: 'openid' });
  const visit = browser(endpoint);
  await visit('/device');
  const forged = await visit('/device', new URLSearchParams({ user_code: device.user_code, confirm: 'yes' }));
  expect(forged.location).toBeUndefined();
  expect(forged.text).not.toContain('Signed in');
});

test('nothing was printed', () => expect(printed).toEqual([]));
