import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../../../support/gateway.ts';
import { browserPath, freeCallbacks, signedIn, startLogin } from '../../../support/login.ts';
import { type Cloud, startCloud } from '../../../support/userPoolCloud.ts';

let cloud: Cloud;
let callbacks: readonly string[];
const servers: Server[] = [];

beforeEach(async () => {
  callbacks = await freeCallbacks(3);
  cloud = await startCloud(callbacks);
});
afterEach(() => {
  cloud.close();
  for (const server of servers.splice(0)) server.close();
});

const run = (args: readonly string[], input = '', env = {}) =>
  cli(args, cloud.home, undefined, input, { ...cloud.env, ...env });
const login = (args: readonly string[] = [], env = {}) => run(['login', '--stack', 'Documents', ...args], '', env);
const folder = () => join(cloud.home, '.config/secure-api/sessions');
const sessions = () => (existsSync(folder()) ? readdirSync(folder()) : []);
async function occupy(callback: string): Promise<void> {
  const server = createServer((socket) => socket.end()).listen(Number(new URL(callback).port), '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
}

describe('secure-api login', () => {
  it('opens the browser without a shell, takes the redirect, and keeps the tokens for their owner alone', async () => {
    const browser = browserPath();
    const { stdout, stderr, code } = await login([], { PATH: browser.PATH });
    expect(stderr).toContain(`${cloud.url}/oauth2/authorize?`);
    expect(code).toBe(0);
    const [opened, ...more] = JSON.parse(readFileSync(browser.log, 'utf8'));
    expect(more).toEqual([]);
    expect(stderr).toContain(opened);
    expect(new URL(opened).searchParams.get('code_challenge_method')).toBe('S256');
    expect(stdout).toContain('Signed in to documents as ada@example.com');
    expect(stdout).toContain('secure-api token --stack Documents)" https://api.example.com/live/');
    expect(sessions()).toEqual(['111122223333.eu-central-1.Documents.Documents-Api-1A2B3C4D.json']);
    const [file = ''] = sessions();
    expect(statSync(folder()).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder(), file)).mode & 0o777).toBe(0o600);
    const { accessToken, refreshToken } = JSON.parse(readFileSync(join(folder(), file), 'utf8'));
    for (const secret of [accessToken, refreshToken]) expect(`${stdout}${stderr}`).not.toContain(secret);
  });

  it('prints what a program needs as JSON, without a token', async () => {
    const { stdout } = await login(['--json'], { PATH: browserPath().PATH });
    expect(JSON.parse(stdout)).toEqual({
      stack: 'Documents',
      region: 'eu-central-1',
      api: 'documents',
      url: 'https://api.example.com/live/',
      user: 'ada@example.com',
      expires_at: expect.stringMatching(/^\d{4}-/),
    });
  });

  it('takes the next port when one is taken, and none but a registered one', async () => {
    await occupy(callbacks[0] ?? '');
    const waiting = await startLogin(cloud);
    expect(waiting.redirectUri).toBe(callbacks[1]);
    expect(waiting.output()).toContain(`The port of ${callbacks[0]} cannot be used (EADDRINUSE)`);
    await fetch(cloud.signIn.signIn(waiting.url));
    expect((await waiting.ended).code).toBe(0);
  });

  it('prefers an address to localhost, which another program could serve on the other address family', async () => {
    const [first = '', second = '', third = ''] = callbacks;
    const callbackUrls = [first.replace('127.0.0.1', 'localhost'), second, third].join(' ');
    cloud.stacks.splice(0, 1, { name: 'Documents', outputs: cloud.outputsOf('documents', 'D', { callbackUrls }) });
    const waiting = await startLogin(cloud);
    expect(waiting.redirectUri).toBe(second);
    waiting.process.kill();
  });

  it('says so when every port is taken, and works by a pasted URL then', async () => {
    for (const callback of callbacks) await occupy(callback);
    const { stderr, code } = await login([], { PATH: browserPath().PATH });
    expect(code).toBe(1);
    expect(stderr).toMatch(/sign-in-failed at the loopback: found no free port/);
    const waiting = await startLogin(cloud);
    waiting.paste(cloud.signIn.signIn(waiting.url));
    expect((await waiting.ended).code).toBe(0);
  });

  it.each<[what: string, text: (redirect: string) => string]>([
    ['the whole URL', (redirect) => redirect],
    ['the URL with white space around it', (redirect) => `  ${redirect}\r`],
    ['its query', (redirect) => new URL(redirect).search],
    ['the code alone', (redirect) => new URL(redirect).searchParams.get('code') ?? ''],
  ])('takes %s from stdin', async (_, text) => {
    const waiting = await startLogin(cloud);
    waiting.paste(text(cloud.signIn.signIn(waiting.url)));
    const { code, stdout } = await waiting.ended;
    expect(code).toBe(0);
    expect(stdout).toContain('Signed in to documents');
  });

  it('ignores what belongs to another sign-in, on the loopback and on stdin, and goes on waiting', async () => {
    const waiting = await startLogin(cloud);
    const redirect = new URL(cloud.signIn.signIn(waiting.url));
    const stolen = new URL(redirect);
    stolen.searchParams.set('state', 'another');
    const doubled = `${redirect.href}&state=another`;
    for (const url of [stolen.href, doubled, waiting.redirectUri, `${waiting.redirectUri}?error=access_denied`]) {
      expect((await fetch(url)).status, url).toBe(400);
    }
    expect((await fetch(`${redirect.origin}/`)).status).toBe(404);
    expect((await fetch(redirect, { method: 'POST' })).status).toBe(404);
    waiting.paste(stolen.href);
    waiting.paste('https://evil.example/callback?code=abcdefgh');
    waiting.paste('what is this?');
    const page = await fetch(redirect);
    expect([page.status, page.headers.get('Referrer-Policy'), page.headers.get('Cache-Control')]).toEqual([
      200,
      'no-referrer',
      'no-store',
    ]);
    const { code, stderr } = await waiting.ended;
    expect(code).toBe(0);
    expect(stderr).toContain('its state is that of another sign-in');
    expect(stderr).toContain('its address is another one');
    expect(stderr).toContain('it is no URL');
  });

  it('reports an error of the sign-in page by its code alone', async () => {
    const waiting = await startLogin(cloud);
    const state = new URL(waiting.url).searchParams.get('state') ?? '';
    const error = { error: 'access_denied', error_description: 'eyJhbGciOi', state };
    await fetch(`${waiting.redirectUri}?${new URLSearchParams(error)}`);
    const { code, stderr } = await waiting.ended;
    expect(code).toBe(1);
    expect(stderr).toContain('found the error access_denied');
    expect(stderr).not.toContain('eyJhbGciOi');
    expect(sessions()).toEqual([]);
  });

  it.each(['error=%1B%5B31m', 'code=', 'code=a&code=b', ''])('rejects a redirect with %j', async (parameters) => {
    const waiting = await startLogin(cloud);
    const state = new URL(waiting.url).searchParams.get('state') ?? '';
    await fetch(`${waiting.redirectUri}?state=${state}&${parameters}`);
    const { code, stderr } = await waiting.ended;
    expect([code, stderr.includes('neither one code nor a known error')]).toEqual([1, true]);
  });

  it('gives up after its timeout', async () => {
    const { code, stderr } = await login(['--no-browser', '--timeout', '1']);
    expect(code).toBe(1);
    expect(stderr).toContain('no redirect within 1 seconds');
  });

  it('replaces the session of an earlier sign-in, and lets nobody else into the folder', async () => {
    await signedIn(cloud);
    await signedIn(cloud);
    expect(sessions()).toHaveLength(1);
  });
});

describe('a response of the token endpoint', () => {
  const attempt = async () => {
    const waiting = await startLogin(cloud);
    await fetch(cloud.signIn.signIn(waiting.url));
    const result = await waiting.ended;
    expect(sessions()).toEqual([]);
    return result;
  };

  it.each<[what: string, changes: Record<string, unknown>, claims: Record<string, unknown>, found: string]>([
    ['of another issuer', {}, { iss: 'https://evil.example' }, 'an access token of another issuer'],
    ['of another client', {}, { client_id: 'other' }, 'an access token of another client'],
    ['with an ID token in place of an access token', {}, { token_use: 'id' }, 'an access token of another client'],
    ['with the nonce of another sign-in', {}, { nonce: 'other' }, 'an ID token of another sign-in'],
    ['without an ID token', { id_token: undefined }, {}, 'an ID token of another sign-in'],
    ['without an access token', { access_token: undefined }, {}, 'an access token of another issuer, or none'],
    ['with an access token that is none', { access_token: 'eyJ.x' }, {}, 'an access token of another issuer, or none'],
    ['with another kind of token', { token_type: 'mac' }, {}, 'a token that is no bearer token'],
    ['without a lifetime', { expires_in: undefined }, {}, 'no lifetime'],
    ['with a lifetime that is none', { expires_in: '900' }, {}, 'no lifetime'],
    ['with a lifetime without an end', { expires_in: 1e12 }, {}, 'no lifetime'],
    ['with a refresh token that is none', { refresh_token: 'a\nb' }, {}, 'a refresh token of another form'],
  ])('%s is rejected', async (_, changes, claims, found) => {
    Object.assign(cloud.signIn, { changes, claims });
    const { code, stderr } = await attempt();
    expect(code).toBe(1);
    expect(stderr).toContain(`sign-in-failed at the response of the token endpoint: found ${found}`);
  });

  it.each<[what: string, status: number, type: string, body: string, found: string]>([
    ['a page of HTML', 502, 'text/html; charset=utf-8', '<h1>secret</h1>', 'a response of status 502 with text/html'],
    ['a page of HTML with status 200', 200, 'text/html', '<h1>secret</h1>', 'a response of status 200 with text/html'],
    ['a body without an end', 200, 'application/json', `"${'x'.repeat(100_000)}"`, 'with more than 65536 bytes'],
    ['a list', 200, 'application/json', '[]', 'a response of status 200 with application/json'],
    ['an error code', 400, 'application/json', '{"error":"invalid_grant"}', 'found the error invalid_grant'],
    ['an error that is no code', 400, 'application/json', '{"error":"<secret>"}', 'found the error status 400'],
    ['a redirect', 302, 'text/html', '', 'a response of status 302'],
  ])('that is %s is reported without its body', async (_, status, type, body, found) => {
    cloud.signIn.odd.push((response) => {
      response.writeHead(status, { 'Content-Type': type, Location: 'http://127.0.0.1:1/' }).end(body);
    });
    const { code, stderr } = await attempt();
    expect(code).toBe(1);
    expect(stderr).toContain(found);
    expect(stderr).not.toContain('secret');
  });

  it('that does not come is waited for in vain, but not for ever', async () => {
    cloud.signIn.odd.push((response) => response.writeHead(200).write('{'));
    expect((await attempt()).stderr).toContain('no response within 4 seconds');
  });

  it('that is cut is no response', async () => {
    cloud.signIn.odd.push((response) => response.destroy());
    expect((await attempt()).stderr).toContain('no connection');
  });
});
