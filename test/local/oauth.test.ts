import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { decodeJwt, decodeProtectedHeader, SignJWT } from 'jose';
import * as client from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Identity } from '../../lib/construct/index.ts';
import { adminSecret, machineClientSecret } from '../../local/services/issuer/adminSecret.ts';
import { type Call, type Client, clientOf } from '../support/client.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';
import { browser, discover, follow, type IssuerEndpoint, redeem, signIn } from '../support/oauth.ts';
import { documentsAssembly } from '../support/stacks.ts';

const FIELDS: [string, string][] = [
  ['username', 'ada'],
  ['roles', 'editor'],
  ['tier', 'premium'],
];
const OPAQUE = { resource: 'urn:secure-api:local:opaque' };

let gateway: RunningGateway;
let call: Client;
let endpoint: IssuerEndpoint;
let app: client.Configuration;

beforeAll(async () => {
  const assembly = documentsAssembly((stack) => [
    Identity.oidc({
      issuer: 'https://login.example.com',
      jwksUri: 'https://login.example.com/keys',
      audience: 'documents',
      algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
      dpop: 'optional',
    }),
    Identity.hmac({ issuer: 'https://partner.example', audience: 'documents' }),
    Identity.introspection({
      issuer: 'https://opaque.example',
      audience: 'documents',
      endpoint: 'https://opaque.example/introspect',
      clientId: 'documents-api',
      secret: new Secret(stack, 'AskSecret'),
      cacheSeconds: 0,
    }),
  ]);
  gateway = await startGateway({ assembly });
  call = clientOf(gateway.ready);
  endpoint = { issuer: gateway.ready.issuer, ca: readFileSync(gateway.ready.ca, 'utf8') };
  app = await discover(endpoint, 'local-app');
});
afterAll(() => gateway?.stop());

/** The part of oauth4webapi, on which openid-client is built, that reads the metadata of a resource. */
interface ResourceDiscovery {
  readonly customFetch: symbol;
  resourceDiscoveryRequest(resource: URL, options: object): Promise<Response>;
  processResourceDiscoveryResponse(expected: URL, response: Response): Promise<object>;
}
const oauth = createRequire(import.meta.resolve('openid-client'))('oauth4webapi') as ResourceDiscovery;

/** `fetch` that trusts the certificate of the gateway. */
const fetchOf = (send: Client) => async (address: string) => {
  const { status, headers, text } = await send('GET', new URL(address).pathname);
  return new Response(text, {
    status,
    headers: {
      'content-type': String(headers['content-type']),
      'access-control-allow-origin': String(headers['access-control-allow-origin']),
    },
  });
};
const machine = (id: string) => discover(endpoint, id, machineClientSecret(adminSecret(gateway.ready.data), id));
const signInAsAda = async (parameters: Record<string, string> = {}, options: client.DPoPOptions = {}) =>
  redeem(app, await signIn(app, endpoint, FIELDS, { parameters: { scope: 'openid api', ...parameters } }), options);
const me = (request: Call) => call('GET', '/me', request);
/** The token that the command prints. */
const printed = async (...options: readonly string[]) =>
  (await cli(['token', '--role', 'viewer', ...options, '--data', gateway.ready.data])).stdout.trim();
const statusOf = async (token: string) => (await me({ token })).status;
const ADA = { subject: 'ada', roles: ['editor'], tier: 'premium' };

describe('a client that knows the address of the API alone', () => {
  it('discovers its issuers and scopes as a protected resource (RFC 9728), without a token', async () => {
    const url = new URL(gateway.ready.url);
    const response = await oauth.resourceDiscoveryRequest(url, { [oauth.customFetch]: fetchOf(call) });
    expect(response.headers.get('access-control-allow-origin')).toBe('*');
    const stage = `${url.origin}/live`;
    const found = await oauth.processResourceDiscoveryResponse(new URL(stage), response);
    expect(found).toMatchObject({
      resource: stage,
      authorization_servers: ['https://login.example.com', 'https://partner.example', 'https://opaque.example'],
      bearer_methods_supported: ['header'],
      dpop_signing_alg_values_supported: expect.arrayContaining(['ES256']),
      resource_name: 'documents',
    });
    const head = await call('HEAD', '/.well-known/oauth-protected-resource');
    expect([head.status, head.text]).toEqual([200, '']);
  });
});

describe('tokens of each flow are accepted by the API', () => {
  it('authorization code with PKCE', async () => {
    const response = await me({ token: (await signInAsAda()).access_token });
    expect([response.status, response.json()]).toMatchObject([200, ADA]);
  });

  it('client credentials', async () => {
    const tokens = await client.clientCredentialsGrant(await machine('acme'), { scope: 'role:viewer tier:free' });
    expect((await me({ token: tokens.access_token })).json()).toMatchObject({ subject: 'acme', roles: ['viewer'] });
  });

  it('refresh, each refresh token once: after its second use none of the sign-in is good', async () => {
    const first = await signInAsAda();
    const second = await client.refreshTokenGrant(app, first.refresh_token ?? '');
    expect((await me({ token: second.access_token })).json()).toMatchObject(ADA);
    await expect(client.refreshTokenGrant(app, first.refresh_token ?? '')).rejects.toThrow();
    await expect(client.refreshTokenGrant(app, second.refresh_token ?? '')).rejects.toMatchObject({
      error: 'invalid_grant',
    });
  });

  it('device code', async () => {
    const device = await client.initiateDeviceAuthorization(app, { scope: 'openid api' });
    const visit = browser(endpoint);
    const xsrf = (text: string) => /name="xsrf" value="([^"]+)"/.exec(text)?.[1] ?? '';
    const entry = await visit(device.verification_uri);
    const form = new URLSearchParams({ user_code: device.user_code, xsrf: xsrf(entry.text), confirm: 'yes' });
    const login = await follow(visit, endpoint.issuer, await visit('/device', form));
    const action = /action="(\/interaction\/[^"]+)"/.exec(login.text)?.[1] ?? '';
    await follow(visit, endpoint.issuer, await visit(action, new URLSearchParams(FIELDS)));
    const tokens = await client.pollDeviceAuthorizationGrant(app, { ...device, interval: 0.1 });
    expect((await me({ token: tokens.access_token })).json()).toMatchObject(ADA);
  });
});

describe('a token is proven as its issuer proves it', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])('by a published key: %s', async (alg) => {
    const token = await printed('--alg', alg);
    expect([decodeProtectedHeader(token).alg, await statusOf(token)]).toEqual([alg, 200]);
  });

  it('by the shared secret of the stack, under the name of its issuer; by no other secret', async () => {
    const token = await printed('--format', 'hmac');
    const claims = decodeJwt(token);
    expect([decodeProtectedHeader(token).alg, claims.iss]).toEqual(['HS256', 'https://partner.example']);
    expect(await statusOf(token)).toBe(200);
    const forged = new SignJWT(claims).setProtectedHeader({ alg: 'HS256', typ: 'at+jwt' });
    expect(await statusOf(await forged.sign(Buffer.alloc(64, 'x')))).toBe(401);
  });

  it('by asking: an opaque token is good until it is revoked', async () => {
    const { access_token: token } = await signInAsAda(OPAQUE);
    expect(token).not.toContain('.');
    expect((await me({ token })).json()).toMatchObject(ADA);
    await client.tokenRevocation(app, token);
    expect(await statusOf(token)).toBe(401);
  });

  it('by asking: the second use of a refresh token ends the opaque tokens of its sign-in at the API', async () => {
    const first = await signInAsAda(OPAQUE);
    const second = await client.refreshTokenGrant(app, first.refresh_token ?? '');
    expect(await statusOf(second.access_token)).toBe(200);
    await expect(client.refreshTokenGrant(app, first.refresh_token ?? '')).rejects.toThrow();
    expect(await statusOf(second.access_token)).toBe(401);
  });

  it('never by the way of another issuer', async () => {
    const token = await gateway.token('viewer', { format: 'hmac' });
    const [header = '', , signature = ''] = token.split('.');
    const claims = { ...decodeJwt(token), iss: endpoint.issuer };
    const body = Buffer.from(JSON.stringify(claims)).toString('base64url');
    expect(await statusOf(`${header}.${body}.${signature}`)).toBe(401);
    expect(await statusOf('no-token-of-anybody')).toBe(401);
  });
});

describe('a token that is bound to a key (RFC 9449)', () => {
  const url = () => new URL('/me', gateway.ready.url);
  const newHandle = async (alg = 'ES256') => client.getDPoPHandle(app, await client.randomDPoPKeyPair(alg));
  const withProof = (token: string, DPoP: client.DPoPHandle) =>
    client.fetchProtectedResource(app, token, url(), 'GET', undefined, undefined, { DPoP });

  it.each(['ES256', 'EdDSA', 'PS256'])('is accepted with proof by %s', async (alg) => {
    const handle = await newHandle(alg);
    const { access_token: token } = await signInAsAda({}, { DPoP: handle });
    const response = await withProof(token, handle);
    expect([response.status, await response.json()]).toMatchObject([200, ADA]);
  });

  it('is rejected without proof, as a bearer token and under its own scheme', async () => {
    const { access_token: token } = await signInAsAda({}, { DPoP: await newHandle() });
    expect(await statusOf(token)).toBe(401);
    const response = await me({ headers: { authorization: `DPoP ${token}` } });
    expect([response.status, response.headers['www-authenticate']]).toEqual([401, expect.stringContaining('DPoP')]);
  });

  it("is rejected with another key's proof, and so is a bearer token with any", async () => {
    const { access_token: token } = await signInAsAda({}, { DPoP: await newHandle() });
    await expect(withProof(token, await newHandle())).rejects.toMatchObject({ status: 401 });
    await expect(withProof((await signInAsAda()).access_token, await newHandle())).rejects.toMatchObject({
      status: 401,
    });
  });

  it('works from the command line: each proof for one request, once', async () => {
    const key = join(gateway.ready.data, 'client.pem');
    const token = await printed('--dpop', key);
    const proof = async (method: string, target = url().href) => {
      const { stdout } = await cli(['proof', method, target, '--key', key, '--token', token]);
      return stdout.trim();
    };
    const send = async (dpop: string) => (await me({ headers: { authorization: `DPoP ${token}`, dpop } })).status;
    const good = await proof('get');
    expect([await send(good), await send(good)]).toEqual([200, 401]);
    expect(await send(await proof('POST'))).toBe(401);
    expect(await send(await proof('GET', `${gateway.ready.url}/documents`))).toBe(401);
  });

  it('is rejected by an identity that takes no bound tokens, with proof and without', async () => {
    const handle = await newHandle();
    const { access_token: opaque } = await signInAsAda(OPAQUE, { DPoP: handle });
    await expect(withProof(opaque, handle)).rejects.toMatchObject({ status: 401 });
    expect(await statusOf(opaque)).toBe(401);
  });
});

describe('the discovery document of the local issuer', () => {
  it('is one that secure-api identity discover accepts, for an identity without further addresses', async () => {
    const { issuer, ca } = gateway.ready;
    const env = { NODE_EXTRA_CA_CERTS: ca };
    const { stdout, code } = await cli(['identity', 'discover', issuer, '--json'], undefined, undefined, '', env);
    const discovered = JSON.parse(stdout);
    expect([code, discovered.issuer, new URL(discovered.jwksUri).origin]).toEqual([0, issuer, new URL(issuer).origin]);
    expect(() => Identity.oidc({ discovered, audience: 'documents' })).not.toThrow();
    const other = await cli(['identity', 'discover', `${issuer}/`, '--json'], undefined, undefined, '', env);
    expect([other.code, JSON.parse(other.stderr).error]).toEqual([
      1,
      expect.objectContaining({ code: 'discovery-failed', expected: `${issuer}/` }),
    ]);
  });
});
