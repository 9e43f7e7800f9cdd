import { chmodSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cli } from '../../../support/gateway.ts';
import { freeCallbacks, signedIn } from '../../../support/login.ts';
import { arnOf, type Cloud, startCloud } from '../../../support/userPoolCloud.ts';

let cloud: Cloud;

beforeEach(async () => {
  cloud = await startCloud(await freeCallbacks(1));
});
afterEach(() => cloud.close());

const run = (...args: readonly string[]) => cli(args, cloud.home, undefined, '', cloud.env);
const token = (...args: readonly string[]) => run('token', '--stack', 'Documents', ...args);
const logout = (...args: readonly string[]) => run('logout', '--stack', 'Documents', ...args);
const folder = () => join(cloud.home, '.config/secure-api/sessions');
const sessions = () => (existsSync(folder()) ? readdirSync(folder()) : []);
const file = () => join(folder(), sessions().find((name) => name.endsWith('.json')) ?? '');
const saved = () => JSON.parse(readFileSync(file(), 'utf8'));
const refreshes = () => cloud.signIn.calls.filter((call) => call === 'token refresh_token').length;
/** Lets the access token end, as fifteen minutes do. */
const expire = () => writeFileSync(file(), JSON.stringify({ ...saved(), expiresAt: Date.now() + 59_000 }));

describe('secure-api token --stack', () => {
  it('prints the token alone, for a shell to insert, and calls nobody', async () => {
    await signedIn(cloud);
    const calls = cloud.signIn.calls.length;
    const { stdout, stderr, code } = await token();
    expect([stdout, stderr, code]).toEqual([`${saved().accessToken}\n`, '', 0]);
    expect(cloud.signIn.calls).toHaveLength(calls);
    const { access_token, token_type, expires_in } = JSON.parse((await token('--json')).stdout);
    expect([access_token, token_type]).toEqual([saved().accessToken, 'Bearer']);
    expect(expires_in).toBeGreaterThan(60);
  });

  it('refreshes a token that is about to end, and keeps the rotated refresh token', async () => {
    await signedIn(cloud);
    for (const _ of [1, 2]) {
      expire();
      const before = saved();
      const { stdout, code } = await token();
      expect([stdout, code]).toEqual([`${saved().accessToken}\n`, 0]);
      expect(saved().accessToken).not.toBe(before.accessToken);
      expect(saved().refreshToken).not.toBe(before.refreshToken);
      expect(saved().user).toBe('ada@example.com');
    }
    expect(refreshes()).toBe(2);
  });

  it('refreshes once for several processes at once, and none loses the session', async () => {
    await signedIn(cloud);
    expire();
    const results = await Promise.all(Array.from({ length: 6 }, () => token()));
    expect(results.map(({ code, stdout }) => [code, stdout])).toEqual(
      Array.from({ length: 6 }, () => [0, `${saved().accessToken}\n`]),
    );
    expect(refreshes()).toBe(1);
    expect(sessions()).toHaveLength(1);
  });

  it.each([
    ['of a process that has ended', `${hostname()} 999999999`, 0],
    ['of another machine, long ago', 'elsewhere 1', 3600],
    ['that is not finished, long ago', '', 3600],
  ])('breaks a lock %s', async (_, owner, age) => {
    await signedIn(cloud);
    expire();
    const lock = `${file()}.lock`;
    writeFileSync(lock, owner);
    const time = new Date(Date.now() - age * 1000);
    utimesSync(lock, time, time);
    const results = await Promise.all([token(), token()]);
    expect(results.map(({ code }) => code)).toEqual([0, 0]);
    expect(refreshes()).toBe(1);
  });

  it('keeps the old refresh token when a response has none', async () => {
    await signedIn(cloud);
    expire();
    const before = saved();
    cloud.signIn.changes = { refresh_token: undefined };
    expect((await token()).code).toBe(0);
    expect(saved().refreshToken).toBe(before.refreshToken);
  });

  it('repeats a refresh whose response was lost', async () => {
    await signedIn(cloud);
    expire();
    cloud.signIn.odd.push((response) => response.destroy());
    expect((await token()).code).toBe(0);
    expect(refreshes()).toBe(2);
  });

  it('keeps the session while the token endpoint fails, and says why', async () => {
    await signedIn(cloud);
    expire();
    const html = (response: ServerResponse) => {
      response.writeHead(503, { 'Content-Type': 'text/html' }).end('<p>secret</p>');
    };
    cloud.signIn.odd.push(html, html);
    const { code, stderr, stdout } = await token();
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('found a response of status 503 with text/html');
    expect(stderr).not.toContain('secret');
    expect((await token()).code).toBe(0);
  });

  it('ends with 4 without a session, and after its end', async () => {
    const missing = await token();
    expect(missing.code).toBe(4);
    expect(missing.stderr).toContain('Sign in: secure-api login --stack Documents.');
    await signedIn(cloud);
    expire();
    cloud.signIn.refreshTokens.clear();
    const ended = await token();
    expect([ended.code, ended.stdout]).toEqual([4, '']);
    expect(ended.stderr).toContain('found a session that has ended or was revoked');
    expect(sessions()).toEqual([]);
  });

  it('finds the session of the stack, also of one in another account', async () => {
    await signedIn(cloud);
    const own = saved().accessToken;
    const account = '444455556666';
    const stackId = arnOf('Documents', account);
    const other = { ...saved(), stackId, accessToken: 'other' };
    writeFileSync(join(folder(), `${account}.eu-central-1.Documents.x.json`), JSON.stringify(other));
    expect((await token()).stderr).toContain('option-missing at --stack Documents: found several sessions');
    expect((await run('token', '--stack', stackId)).stdout).toBe('other\n');
    expect((await run('token', '--stack', arnOf('Documents'))).stdout).toBe(`${own}\n`);
    expect((await token('--api', 'notes')).code).toBe(4);
    expect((await token('--region', 'us-east-1')).code).toBe(4);
  });

  it('ignores a file that is no session', async () => {
    await signedIn(cloud);
    writeFileSync(file(), '{"version":2}');
    expect((await token()).code).toBe(4);
    writeFileSync(file(), '{"ver');
    expect((await token()).code).toBe(4);
    await signedIn(cloud);
    expect((await token()).code).toBe(0);
  });

  it.each([
    [['--stack', 'Documents', '--role', 'editor'], '--role'],
    [['--stack', 'Documents', '--ttl', '60'], '--ttl'],
    [['--api', 'documents'], '--api alone'],
    [['--region', 'eu-central-1', '--role', 'viewer'], '--region alone'],
  ])('rejects options of the local issuer beside it: %j', async (args, named) => {
    const { code, stderr } = await run('token', ...args);
    expect(code).toBe(2);
    expect(stderr).toContain(named);
  });

  it('does not use a folder that others can open', async () => {
    await signedIn(cloud);
    expire();
    chmodSync(folder(), 0o755);
    const { code, stderr } = await token();
    expect(code).toBe(2);
    expect(stderr).toContain('found a folder that others can use');
  });
});

describe('secure-api logout', () => {
  it('revokes the session and deletes it', async () => {
    await signedIn(cloud);
    writeFileSync(`${file()}.4242.tmp`, 'left by a process that was killed');
    expect(cloud.signIn.refreshTokens.size).toBe(1);
    const { code, stdout } = await logout('--json');
    expect([code, JSON.parse(stdout)]).toEqual([0, { stack: 'Documents', api: 'documents', revoked: true }]);
    expect(cloud.signIn.refreshTokens.size).toBe(0);
    expect(sessions()).toEqual([]);
    expect((await logout()).code).toBe(4);
  });

  it('deletes the session also when it cannot be revoked, and says so', async () => {
    await signedIn(cloud);
    cloud.signIn.odd.push((response) => response.destroy());
    const { code, stderr } = await logout();
    expect(code).toBe(1);
    expect(stderr).toContain('sign-in-failed at the revocation of the session: found no connection');
    expect(sessions()).toEqual([]);
  });

  it('is done when the client of the session was deleted', async () => {
    await signedIn(cloud);
    cloud.signIn.odd.push((response) => response.writeHead(400).end('{"error":"invalid_client"}'));
    expect((await logout()).code).toBe(0);
  });
});
