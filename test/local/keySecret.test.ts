import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Identity, SecureApi } from '../../lib/construct/index.ts';
import { defineApi, defineRoles, get } from '../../lib/definition/index.ts';
import { clientOf } from '../support/client.ts';
import { temporaryFolder, writeFiles } from '../support/folders.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';

/** The authorizer caches the record of a client for half a minute. */
const UNTIL_ALL_CHANGED_MS = 32_000;
const REGISTERED = ['acme', 'globex', 'initech'];

/** An API whose gateway caches no decision, so that the authorizer names a key for each request. */
function assembly(): string {
  const folder = temporaryFolder();
  const handlers = join(folder, 'handlers');
  mkdirSync(handlers);
  writeFiles(handlers, { 'list.mjs': "export const handler = { route: 'list', fn: () => ({ status: 200 }) };" });
  const tier = { rate: 1_000, burst: 1_000, quota: { requests: 1_000_000, per: 'DAY' } } as const;
  const definition = defineApi(
    {
      name: 'keys',
      version: '1.0.0',
      roles: defineRoles({ reader: { can: ['thing:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
      tiers: { free: tier, paid: tier },
      routes: { list: get('/things', { permission: 'thing:read', responses: { 200: { description: 'Done' } } }) },
    },
    { today: new Date('2026-11-10T00:00:00Z') },
  );
  const app = new App({ outdir: join(folder, 'out') });
  new SecureApi(new Stack(app, 'Keys'), 'Api', {
    definition,
    handlers,
    identity: Identity.oidc({
      issuer: 'https://login.example.com',
      jwksUri: 'https://login.example.com/keys',
      audience: 'tests',
      clientClaim: 'client_id',
    }),
    clients: true,
    keyRotationDays: 30,
    authorizerCacheSeconds: 0,
  });
  app.synth();
  return join(folder, 'out');
}

describe('the secret of the API keys', () => {
  const data = temporaryFolder();
  let folder: string;
  let gateway: RunningGateway;
  beforeAll(async () => {
    folder = assembly();
    gateway = await startGateway({ assembly: folder, data });
  });
  afterAll(() => gateway?.stop());

  const clients = async (...args: string[]) => {
    const result = await cli(['clients', ...args, '--api', 'keys', '--local', '--data', data, '--json']);
    return { ...result, json: () => JSON.parse(result.stdout) };
  };
  /** A token of each registered client, and one of each tier. */
  const tokens = () =>
    Promise.all([
      ...REGISTERED.map((client) => gateway.token('reader', { client, tier: 'free' })),
      ...['free', 'paid'].map((tier) => gateway.token('reader', { client: `unregistered-${tier}`, tier })),
    ]);
  /** Sends requests of every caller until `end`, and returns how many had each status. */
  const load = async (until: () => boolean): Promise<Record<string, number>> => {
    const [call, callers] = [clientOf(gateway.ready), await tokens()];
    const counts: Record<string, number> = {};
    const send = async (token: string) => {
      const { status } = await call('GET', '/things', { token });
      counts[status] = (counts[status] ?? 0) + 1;
    };
    while (!until()) {
      await Promise.all(callers.map(send));
      await sleep(20);
    }
    return counts;
  };
  const records = async () => (await clients('list')).json().clients as { client: string; secretVersion: string }[];

  it('rotates by command under load, with no rejected request', async () => {
    for (const client of REGISTERED) await clients('add', client, '--tier', 'free');
    const before = new Set((await records()).map(({ secretVersion }) => secretVersion));
    let isOver = false;
    const counts = load(() => isOver);
    await sleep(1_000);
    const rotated = await clients('rotate-secret');
    expect(rotated).toMatchObject({ code: 0 });
    expect(rotated.json()).toMatchObject({ phase: 'finished', total: REGISTERED.length + 2 });
    expect(`${rotated.stdout}${rotated.stderr}`).not.toMatch(/[0-9a-f]{64}/);
    const after = new Set((await records()).map(({ secretVersion }) => secretVersion));
    expect([before.size, after.size]).toEqual([1, 1]);
    expect(after).not.toEqual(before);
    await sleep(UNTIL_ALL_CHANGED_MS);
    isOver = true;
    const { 200: served = 0, ...others } = await counts;
    expect(others).toEqual({});
    expect(served).toBeGreaterThan(100);
  });

  it('cannot be rotated again at once, because caches can name the keys before', async () => {
    const again = await clients('rotate-secret');
    expect(again.code).toBe(2);
    expect(JSON.parse(again.stderr)).toMatchObject({ error: { code: 'rotation-too-soon' } });
  });

  it('is the new one for every function that starts from then on', async () => {
    await gateway.stop();
    gateway = await startGateway({ assembly: folder, data });
    let rounds = 0;
    expect(await load(() => rounds++ >= 10)).toEqual({ 200: 50 });
  });

  it('is needed for a client that is added after the rotation, too', async () => {
    await clients('add', 'late', '--tier', 'paid');
    const token = await gateway.token('reader', { client: 'late', tier: 'free' });
    expect((await clientOf(gateway.ready)('GET', '/things', { token })).status).toBe(200);
    expect((await clients('show', 'late')).json().state).toMatchObject({ tier: 'paid' });
  });

  it('is rotated by a command that has help, and says which API it does not find', async () => {
    const { stdout } = await cli(['clients', 'rotate-secret', '--help']);
    expect(stdout).toContain('secure-api clients rotate-secret --local');
    const unknown = await cli(['clients', 'rotate-secret', '--api', 'none', '--local', '--data', data]);
    expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining('api-not-deployed') });
  });
});
