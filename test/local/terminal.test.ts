import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { Identity, SecureApi } from '../../lib/construct/index.ts';
import { defineApi, defineRoles, get } from '../../lib/definition/index.ts';
import { clientOf } from '../support/client.ts';
import { temporaryFolder, writeFiles } from '../support/folders.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

const HANDLERS = {
  'hello.mjs': `export const handler = {
  route: 'hello',
  fn: async ({ log }) => {
    log.info('said hello', { language: 'en', password: 'hunter2' });
    const secrets = { password: 'hunter2' };
    for (const value of ['password=hunter2', secrets, JSON.stringify(secrets), JSON.stringify({ level: 'INFO', message: 'x', ...secrets })])
      for (const method of ['log', 'info', 'warn', 'error', 'debug', 'table', 'dir']) console[method](value);
    process.stdout.write(JSON.stringify(secrets) + '\\n');
    process.stderr.write(JSON.stringify(secrets) + '\\n');
    return { status: 200 };
  },
};`,
  'fail.ts': `interface Room { readonly name: string }
const readRoom = (): Room => {
  throw new RangeError('no room, Bearer abcdefghijklmnopqrstuvwxyz0123456789');
};
export const handler = { route: 'fail', fn: async () => readRoom() };`,
};

/** A stack with one route that logs and one that fails. */
function assembly(data: string): string {
  const folder = temporaryFolder();
  const handlers = join(folder, 'handlers');
  mkdirSync(handlers);
  writeFiles(handlers, HANDLERS);
  const open = { public: 'A test calls it without a token', responses: { 200: { description: 'Done' } } };
  const definition = defineApi(
    {
      name: 'terminal',
      version: '1.0.0',
      roles: defineRoles({ reader: { can: ['thing:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
      tiers: { free: { rate: 10, burst: 20, quota: { requests: 1_000, per: 'DAY' } } },
      routes: {
        hello: get('/hello', open),
        fail: get('/fail', open),
        list: get('/things', { permission: 'thing:read', responses: { 200: { description: 'Done' } } }),
      },
    },
    { today: new Date('2026-11-10T00:00:00Z') },
  );
  writeFiles(handlers, { 'list.mjs': "export const handler = { route: 'list', fn: () => ({ status: 200 }) };" });
  const app = new App({ outdir: join(folder, 'out') });
  const identity = Identity.oidc({
    issuer: 'https://login.example.com',
    jwksUri: 'https://login.example.com/keys',
    audience: 'tests',
  });
  // Where the command looks for the source maps of what it serves.
  vi.stubEnv('SECURE_API_BUILD', join(data, 'build'));
  new SecureApi(new Stack(app, 'Terminal'), 'Api', { definition, handlers, identity });
  app.synth();
  vi.unstubAllEnvs();
  return join(folder, 'out');
}

describe('secure-api dev', () => {
  let gateway: RunningGateway;
  beforeAll(async () => {
    const data = temporaryFolder();
    gateway = await startGateway({ assembly: assembly(data), data });
  });
  afterAll(() => gateway.stop());
  const shown = (text: RegExp) => vi.waitFor(() => expect(gateway.output()).toMatch(text), { timeout: 10_000 });

  it('prints the folder of the logs', () => {
    expect(gateway.output()).toContain(`  logs      ${join(gateway.ready.data, 'logs')}\n`);
  });

  it('prints each request and what its handler logs and prints, without secrets', async () => {
    await clientOf(gateway.ready)('GET', '/hello?token=hunter2');
    await shown(/ GET \/hello 400 \d+ ms handler: invalid-request\n/);
    await clientOf(gateway.ready)('GET', '/hello');
    await shown(/ GET \/hello 200 \d+ ms\n/);
    await shown(/ INFO hello: said hello language=en password="?\[redacted\]"?\n/);
    await shown(/ \| \{ password: '\[redacted\]' \}\n/);
    expect(gateway.output()).not.toContain('hunter2');
  });

  it('shows an error of a handler at its line of TypeScript, on the screen and in the log file', async () => {
    expect((await clientOf(gateway.ready)('GET', '/fail')).status).toBe(500);
    await shown(
      / ERROR fail: request failed\n {2}RangeError: no room, Bearer \[redacted\]\n {4}at readRoom \(\S*handlers\/fail\.ts:3:9\)\n/,
    );
    await shown(/ {4}> 3 \| {3}throw new RangeError\('no room, Bearer \[redacted\]'\);\n {8}\| {9}\^\n/);
    await shown(/ GET \/fail 500 \d+ ms handler: internal\n/);
    const log = () => readFileSync(join(gateway.ready.data, 'logs', 'fail.log'), 'utf8');
    await vi.waitFor(() => expect(log()).toMatch(/^ {4}> 3 \| /m), { timeout: 10_000 });
    expect(log()).toMatch(/"stack":"RangeError: [^"]*handlers\/fail\.ts:3:9/);
  });

  it('prints which step rejects a request before its handler', async () => {
    expect((await clientOf(gateway.ready)('GET', '/things')).status).toBe(401);
    await shown(/ GET \/things 401 \d+ ms authorizer: no credentials\n/);
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const foreign = `${part({ alg: 'RS256', kid: 'k' })}.${part({ iss: 'https://login.example.com' })}.AAAA`;
    await clientOf(gateway.ready)('GET', '/things', { token: foreign });
    await shown(
      / GET \/things 401 \d+ ms authorizer: issuer-unknown \(tokens of https:\/\/login\.example\.com are not accepted here; /,
    );
    await clientOf(gateway.ready)('GET', '/things', { token: await gateway.token('reader') });
    await shown(/ GET \/things 200 \d+ ms \S+ \(reader\)\n/);
  });
});
