import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { discoverIssuer } from '../../../../lib/cli/discovery/discover.ts';
import { readJson } from '../../../../lib/cli/discovery/readJson.ts';
import { ConfigError } from '../../../../lib/definition/index.ts';
import { temporaryFolder } from '../../../support/folders.ts';
import { cli } from '../../../support/gateway.ts';
import { localCertificate, startHttps, type TestServer } from '../../authorizer/support/services.ts';

const NOW = new Date('2026-11-28T12:00:00Z');
const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const RSA = { ...publicKey.export({ format: 'jwk' }), kid: 'one', use: 'sig' };
/** ESC, CSI in 8 bits, a mark of direction, DEL, and a separator of lines. */
const ESCAPES = '\u001b]0;x\u0007\u009b31m\u202e\u007f\u2028';
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what must not be printed.
const RAW = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/;

let server: TestServer;
/** The response to every request but that for the keys. */
let serve: (response: ServerResponse) => void;
let page: (change?: object) => string;

beforeAll(async () => {
  server = await startHttps((request, response) => {
    if (request.url === '/keys') response.end(JSON.stringify({ keys: [RSA] }));
    else serve(response);
  });
  page = (change = {}) => JSON.stringify({ issuer: server.url, jwks_uri: `${server.url}/keys`, ...change });
});
afterAll(() => server.close());
beforeEach(() => {
  serve = (response) => response.end(page());
});

async function faultOf(text: string): Promise<string> {
  serve = (response) => response.end(text);
  const error = await discoverIssuer(server.url, NOW).catch((one: unknown) => one);
  return error instanceof ConfigError ? error.message : `no fault: ${JSON.stringify(error)}`;
}

describe('a hostile discovery document', () => {
  it.each<readonly [string, () => string]>([
    ['issuer', () => page({ issuer: `https://a.example/${ESCAPES}` })],
    ['address of the keys', () => page({ jwks_uri: `http://a.example/${ESCAPES}` })],
    ['algorithms', () => page({ id_token_signing_alg_values_supported: [ESCAPES] })],
  ])('writes no control characters to a terminal by its %s', async (_, text) => {
    const message = await faultOf(text());
    expect(message).toMatch(/^discovery-failed/);
    expect(message).not.toMatch(RAW);
  });

  it.each([
    '/$(id)',
    '/`id`',
    '/;id',
    '/|id',
    '/&id',
    "/'x",
    '/"x',
    '/{a,b}',
    '/*',
    '/!x',
    '/(x)',
    '/<x>',
    '?x=1',
    `/${'x'.repeat(2_000)}`,
  ])('puts no issuer with %s into a command to copy', async (path) => {
    const message = await faultOf(page({ issuer: `https://a.example${path}` }));
    expect(message).toMatch(/^discovery-failed .*issuer: found .* Ask the provider\.?$/s);
  });

  it('has no members by its prototype', async () => {
    const inherited = `{"__proto__":${page()},"constructor":{"prototype":${page()}}}`;
    expect(await faultOf(inherited)).toMatch(/issuer: found nothing/);
    const keys = `{"issuer":"${server.url}","__proto__":{"jwks_uri":"${server.url}/keys"}}`;
    expect(await faultOf(keys)).toMatch(/jwks_uri: found nothing/);
    expect(({} as Record<string, unknown>)['jwks_uri']).toBeUndefined();
  });

  it('can be nested as deeply as its size allows', async () => {
    const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
    expect(await faultOf(deep)).toMatch(/JSON of another kind/);
    expect(await faultOf(`{"issuer":${deep}}`)).toMatch(/issuer: found a list/);
    expect(await faultOf(`{"issuer":"${server.url}","jwks_uri":${deep}}`)).toMatch(/jwks_uri: found a list/);
  });

  it('cannot name keys at an address that no variable has room for', async () => {
    expect(await faultOf(page({ jwks_uri: `${server.url}/${'k'.repeat(1_100)}` }))).toMatch(
      /jwks_uri: .*at most 1024 characters/,
    );
  });

  it.each(['text/html', 'binary/octet-stream', 'application/json; charset=utf-16', ''])(
    'is read whatever its media type is, such as %j',
    async (type) => {
      serve = (response) => response.writeHead(200, { 'content-type': type }).end(`\ufeff${page()}`);
      expect(await discoverIssuer(server.url, NOW)).toMatchObject({ jwksUri: `${server.url}/keys` });
    },
  );

  it.each<readonly [string, (response: ServerResponse) => void, RegExp]>([
    ['never ends', (response) => void response.writeHead(200).write('{'), /did not respond within 0\.3 seconds/],
    ['never begins', () => undefined, /did not respond within 0\.3 seconds/],
    ['trickles', trickle, /did not respond within 0\.3 seconds/],
    ['never stops', flood, /returned more than 1000 bytes/],
    ['says that it is short', (response) => response.writeHead(200, { 'content-length': '1' }).end('{}'), /did not/],
    ['has endless headers', (response) => response.writeHead(200, { x: 'x'.repeat(100_000) }).end('{}'), /did not/],
    [
      'is compressed',
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('x'),
      /not return JSON/,
    ],
    ['is empty', (response) => response.end(), /did not return JSON/],
    ['is partial', (response) => response.writeHead(206).end('{}'), /returned the status 206/],
    ['is not there', (response) => response.writeHead(204).end(), /returned the status 204/],
  ])('that %s is given up', async (_, send, reason) => {
    serve = send;
    const result = await readJson(new URL(server.url), { maxBytes: 1_000, timeoutMs: 300, loopback: true });
    expect(result).toEqual({ reason: expect.stringMatching(reason), isAbsent: false });
  });
});

describe('secure-api identity discover', () => {
  it('reports what is wrong in a line for people or as JSON, with its exit code, and leaves no file', async () => {
    const folder = temporaryFolder();
    const ca = join(folder, 'ca.pem');
    writeFileSync(ca, (await localCertificate()).cert);
    mkdirSync(join(folder, 'directory'));
    mkdirSync(join(folder, 'target'));
    symlinkSync('target', join(folder, 'link'));
    writeFileSync(join(folder, 'file'), 'mine');
    const before = readdirSync(folder);
    const trusting = { NODE_EXTRA_CA_CERTS: ca, NO_COLOR: '1' };
    const run = (args: readonly string[], environment = trusting) =>
      cli(['identity', 'discover', ...args], folder, undefined, '', environment);

    const cases: readonly (readonly [readonly string[], number, string])[] = [
      [[server.url, '--out', 'directory'], 2, 'file-unreadable'],
      [[server.url, '--out', 'link'], 2, 'file-unreadable'],
      [[server.url, '--out', '/dev/null'], 2, 'file-unreadable'],
      [[server.url, '--out', ''], 2, 'file-unreadable'],
      [[server.url, '--out', '.'], 2, 'file-unreadable'],
      [[server.url, '--out', 'file/below'], 2, 'file-unreadable'],
      [[server.url.replace('https', 'http'), '--out', 'new.json'], 2, 'option-invalid'],
      [[], 2, 'option-invalid'],
    ];
    for (const [args, code, name] of cases) {
      const { stdout, stderr, code: found } = await run([...args, '--json']);
      expect([args, stdout, found, JSON.parse(stderr).error.code]).toEqual([args, '', code, name]);
    }

    serve = (response) => response.end(page({ issuer: `https://a.example/${ESCAPES}` }));
    const hostile = await run([server.url, '--out', 'new.json']);
    expect([hostile.code, hostile.stdout]).toEqual([1, '']);
    expect(hostile.stderr).toMatch(/^error discovery-failed /);
    expect(hostile.stderr).not.toMatch(RAW);
    const untrusted = await run([server.url, '--out', 'new.json', '--json'], { ...trusting, NODE_EXTRA_CA_CERTS: '' });
    expect([untrusted.code, JSON.parse(untrusted.stderr).error]).toEqual([
      1,
      expect.objectContaining({
        code: 'discovery-failed',
        found: expect.stringMatching(/did not respond: \w*(SELF|CERT)/),
      }),
    ]);

    expect(readdirSync(folder)).toEqual(before);
    expect(readFileSync(join(folder, 'file'), 'utf8')).toBe('mine');
  });
});

/** A byte at a time, so that the connection is never idle. */
function trickle(response: ServerResponse): void {
  response.writeHead(200);
  const timer = setInterval(() => response.write(' '), 20);
  response.on('close', () => clearInterval(timer));
}

function flood(response: ServerResponse): void {
  response.writeHead(200);
  const send = (): boolean => response.destroyed || (response.write('x'.repeat(1_000)) && send());
  response.on('drain', send);
  send();
}
