import { generateKeyPairSync } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { discoverIssuer } from '../../../../lib/cli/discovery/discover.ts';
import { ConfigError } from '../../../../lib/definition/index.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { cli } from '../../../support/gateway.ts';
import { localCertificate, startHttps, type TestServer } from '../../authorizer/support/services.ts';

const NOW = new Date('2026-11-28T12:00:00Z');
const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const RSA = { ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' };
const PRIVATE = { ...privateKey.export({ format: 'jwk' }), kid: 'two' };

type Serve = (response: ServerResponse) => void;
let server: TestServer;
/** What the server has, by path. */
let pages: Readonly<Record<string, unknown>>;
const OPENID = '/.well-known/openid-configuration';

beforeAll(async () => {
  server = await startHttps((request, response) => {
    const page = pages[request.url ?? ''];
    if (page === undefined) return void response.writeHead(404).end();
    if (typeof page === 'function') return void (page as Serve)(response);
    response.end(typeof page === 'string' ? page : JSON.stringify(page));
  });
});
afterAll(() => server.close());
beforeEach(() => {
  pages = { [OPENID]: metadata(), '/keys': { keys: [RSA] } };
});

const metadata = (change: object = {}) => ({
  issuer: server.url,
  jwks_uri: `${server.url}/keys`,
  id_token_signing_alg_values_supported: ['HS256', 'RS256', 'PS256', 'ES256', 'none'],
  ...change,
});

async function faultOf(issuer = server.url): Promise<string> {
  const error = await discoverIssuer(issuer, NOW).catch((one: unknown) => one);
  if (!(error instanceof ConfigError)) return `no fault: ${JSON.stringify(error)}`;
  return `${error.code} at ${error.location.replace(server.url, '')}: ${error.found} / ${error.expected} / ${error.fix}`;
}

describe('discovery of an issuer', () => {
  it('reads issuer, address of the keys, and the algorithms that it advertises, its keys fit and the authorizer verifies', async () => {
    expect(await discoverIssuer(server.url, NOW)).toEqual({
      issuer: server.url,
      jwksUri: `${server.url}/keys`,
      algorithms: ['RS256', 'PS256'],
      readAt: '2026-11-28T12:00:00.000Z',
    });
  });

  it('keeps the slash at the end of an issuer, and finds the document of one with a path', async () => {
    const path = `${server.url}/realms/shop/`;
    pages = { ...pages, [`/realms/shop${OPENID}`]: metadata({ issuer: path }) };
    expect((await discoverIssuer(path, NOW)).issuer).toBe(path);
  });

  it('reads the document of an OAuth server where there is no other, and takes algorithms from the keys then', async () => {
    const issuer = `${server.url}/as/one`;
    const document = metadata({ issuer, id_token_signing_alg_values_supported: undefined });
    pages = { ...pages, '/.well-known/oauth-authorization-server/as/one': document };
    expect((await discoverIssuer(issuer, NOW)).algorithms).toEqual(['RS256']);
    pages = { ...pages, '/keys': { keys: [{ ...RSA, alg: 'PS512' }] } };
    expect((await discoverIssuer(issuer, NOW)).algorithms).toEqual(['PS512']);
  });

  it.each<readonly [string, object, RegExp]>([
    [
      'another issuer',
      { issuer: 'https://other.example' },
      /issuer: "https:\/\/other\.example" .* run the command with/,
    ],
    ['the issuer with a slash', { issuer: 'SLASH' }, /run the command with https:\/\/localhost:\d+\/$/],
    ['no issuer', { issuer: undefined }, /issuer: nothing/],
    ['a list of issuers', { issuer: ['a'] }, /issuer: \["a"\]/],
    ['an issuer of every tenant', { issuer: 'https://login.example/{tenantid}/v2.0' }, /Identity\.entra/],
    ['keys without TLS', { jwks_uri: 'http://localhost/keys' }, /jwks_uri: "http:.*an https URL/],
    ['keys at an address of two readings', { jwks_uri: 'https://a.example\\@b.example/' }, /jwks_uri/],
    ['keys with a user name', { jwks_uri: 'https://a@b.example/' }, /jwks_uri/],
    ['no keys', { jwks_uri: undefined }, /jwks_uri: nothing/],
    ['keys in a file', { jwks_uri: 'file:///etc/passwd' }, /jwks_uri/],
    ['symmetric algorithms alone', { id_token_signing_alg_values_supported: ['HS256', 'none'] }, /signing_alg.*HS256/],
    ['algorithms of other keys', { id_token_signing_alg_values_supported: ['ES256'] }, /keys for/],
  ])('rejects a document with %s', async (_, change, message) => {
    pages = { ...pages, [OPENID]: JSON.parse(JSON.stringify(metadata(change)).replace('SLASH', `${server.url}/`)) };
    expect(await faultOf()).toMatch(/^discovery-failed at /);
    expect(await faultOf()).toMatch(message);
  });

  it.each<readonly [string, unknown, RegExp]>([
    ['is no JSON', '<html>', /did not return JSON/],
    [
      'is not UTF-8',
      (response: ServerResponse) => response.end(Buffer.from([0x22, 0xff, 0x22])),
      /did not return JSON/,
    ],
    ['is a list', [], /JSON of another kind/],
    ['is null', 'null', /JSON of another kind/],
    ['is too large', `"${'x'.repeat(300_000)}"`, /more than 262144 bytes/],
    ['fails', (response: ServerResponse) => response.writeHead(500).end(), /returned the status 500/],
    ['is cut', (response: ServerResponse) => response.writeHead(200, { 'content-length': '99' }).end('{}'), /did not/],
    ['is elsewhere', redirect('http://localhost/'), /redirects, which is not followed/],
    ['is elsewhere with TLS', redirect('https://example.com/'), /redirects, which is not followed/],
  ])('rejects a document that %s', async (_, page, message) => {
    pages = { ...pages, [OPENID]: page };
    expect(await faultOf()).toMatch(message);
  });

  it.each<readonly [string, unknown, RegExp]>([
    ['are not there', undefined, /returned the status 404/],
    ['are no set', { key: RSA }, /JSON of another kind/],
    ['are none', { keys: [] }, /no key/],
    ['are for encryption', { keys: [{ ...RSA, use: 'enc' }] }, /\[0\] use-other/],
    ['are private', { keys: [RSA, PRIVATE] }, /a private key/],
    ['are elsewhere', redirect('https://example.com/'), /redirects/],
  ])('rejects keys that %s', async (_, page, message) => {
    pages = { ...pages, '/keys': page };
    const found = await faultOf();
    expect(found).toMatch(message);
    expect(found).not.toContain(String(PRIVATE.d).slice(0, 20));
  });

  it.each(['http://login.example.com', 'login.example.com', 'https://a.example?x=1', 'https://a.example#x', ''])(
    'rejects %j as the name of an issuer',
    async (issuer) => {
      expect(await faultOf(issuer)).toMatch(/^option-invalid at ISSUER/);
    },
  );

  it('connects to public addresses alone, unless the issuer is named as one of this machine', async () => {
    for (const host of ['169.254.169.254', '[::ffff:127.0.0.1]', '0.0.0.0', '[::]', '[fe80::1]'])
      expect(await faultOf(`https://${host}:9`)).toMatch(/^discovery-failed.* is not a public address/);
    // Other spellings of an address are read as that address, or not at all.
    for (const host of ['0x7f.1', '2130706433', '127.1'])
      expect(await faultOf(`https://${host}:9`)).toMatch(/^option-invalid at ISSUER|ECONNREFUSED/);
    const port = new URL(server.url).port;
    expect(await faultOf(`https://localhost.:${port}`)).toMatch(/resolves to an address that is not public|ENOTFOUND/);
    expect(await faultOf(`https://x.localhost:${port}`)).toMatch(/resolves to an address that is not public|ENOTFOUND/);
  });
});

describe('secure-api identity discover', () => {
  it('writes a file that can be committed, and replaces nothing else', async () => {
    const folder = temporaryFolder();
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, (await localCertificate()).cert);
    const run = (...args: string[]) =>
      cli(['identity', 'discover', server.url, ...args], folder, undefined, '', { NODE_EXTRA_CA_CERTS: ca });

    const { stdout, code } = await run('--out', 'identity.json');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/Algorithms {2}RS256, PS256[\s\S]*Wrote identity\.json/)]);
    const file = join(folder, 'identity.json');
    expect(Object.keys(JSON.parse(readFileSync(file, 'utf8')))).toEqual(['issuer', 'jwksUri', 'algorithms', 'readAt']);
    expect(statSync(file).mode & 0o777).toBe(0o644);
    expect(JSON.parse((await run('--out', 'identity.json', '--json')).stdout)).toMatchObject({ issuer: server.url });

    writeFileSync(join(folder, 'package.json'), '{ "name": "mine" }');
    const refused = await run('--out', 'package.json', '--json');
    expect([refused.code, JSON.parse(refused.stderr).error.code]).toEqual([2, 'file-unreadable']);
    pages = {};
    const failed = await run('--out', 'identity.json', '--json');
    expect([failed.code, JSON.parse(failed.stderr).error.code]).toEqual([1, 'discovery-failed']);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ issuer: server.url });
  });
});

function redirect(location: string): Serve {
  return (response) => response.writeHead(302, { location }).end();
}
