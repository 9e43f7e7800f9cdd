import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Stack } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Identity, SecureApi } from '../../lib/construct/index.ts';
import { defineApi, defineRoles, get } from '../../lib/definition/index.ts';
import { type Client, type ClientResponse, clientOf } from '../support/client.ts';
import { temporaryFolder } from '../support/folders.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

const fast = { rate: 1_000, burst: 1_000, quota: { requests: 1_000_000, per: 'DAY' } } as const;
const ok = { responses: { 200: { description: 'Fine' } } } as const;
const definition = defineApi(
  {
    name: 'counted',
    version: '1.0.0',
    roles: defineRoles({ viewer: { can: ['thing:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
    tiers: { free: { ...fast, exact: { requests: 30, perSeconds: 600, onUnavailable: 'reject' } }, open: fast },
    routes: {
      things: get('/things', { permission: 'thing:read', ...ok }),
      parts: get('/parts', { permission: 'thing:read', ...ok }),
    },
  },
  { today: new Date('2026-11-10T00:00:00Z') },
);

let gateway: RunningGateway;
let call: Client;
beforeAll(async () => {
  const folder = temporaryFolder();
  const handlers = join(folder, 'handlers');
  mkdirSync(handlers);
  for (const id of ['things', 'parts']) {
    const handler = `export const handler = { route: '${id}', fn: async () => ({ status: 200 }) };\n`;
    writeFileSync(join(handlers, `${id}.mjs`), handler);
  }
  const app = new App({ outdir: join(folder, 'cdk.out') });
  new SecureApi(new Stack(app, 'Counted'), 'Api', {
    definition,
    handlers,
    identity: Identity.oidc({
      issuer: 'https://login.example.com',
      jwksUri: 'https://login.example.com/keys',
      audience: 'counted',
    }),
  });
  gateway = await startGateway({ assembly: app.synth().directory });
  call = clientOf(gateway.ready);
});
afterAll(() => gateway?.stop());

describe('an exact limit over TLS', () => {
  it('lets a client have its requests to the one, over several functions, their instances and all its tokens', async () => {
    const tokens = [await token('acme'), await token('acme')];
    const responses: ClientResponse[] = [];
    // A few at once: the embedded table of a busy machine does not serve a hundred within the limiter's patience.
    for (let wave = 0; wave < 12; wave += 1) {
      const sent = Array.from({ length: 6 }, (_, n) =>
        call('GET', n % 2 === 0 ? '/things' : '/parts', { token: tokens[n % 2] }),
      );
      responses.push(...(await Promise.all(sent)));
    }
    const statuses = responses.map(({ status }) => status);
    const of = (wanted: number) => statuses.filter((status) => status === wanted).length;
    // A request that was not counted in time is rejected and may have counted.
    expect(of(200)).toBeLessThanOrEqual(30);
    expect(of(200)).toBeGreaterThanOrEqual(30 - of(503));
    expect(of(200) + of(429) + of(503)).toBe(72);
    const rejected = responses.find(({ status }) => status === 429);
    expect(rejected?.headers['content-type']).toContain('application/problem+json');
    expect(rejected?.headers['ratelimit-policy']).toMatch(/^"free";q=30;w=600, /);
    expect(rejected?.headers['ratelimit']).toMatch(/^"free";r=0;t=\d+$/);
    expect(Number(rejected?.headers['retry-after'])).toBeGreaterThan(500);
    expect(rejected?.json()).toMatchObject({ code: 'throttled' });
  });

  it('takes nothing from another client, nor from tiers without one', async () => {
    const other = await call('GET', '/things', { token: await token('other') });
    expect([other.status, other.headers['ratelimit']]).toEqual([200, expect.stringMatching(/^"free";r=29;/)]);
    const open = await call('GET', '/things', { token: await token('acme', 'open') });
    expect([open.status, open.headers['ratelimit']]).toEqual([200, undefined]);
  });
});

function token(client: string, tier = 'free'): Promise<string> {
  return gateway.token('viewer', { client, tier });
}
