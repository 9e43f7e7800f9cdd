import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, type ClientResponse, clientOf } from '../support/client.ts';
import { cli, type RunningGateway, startGateway } from '../support/gateway.ts';

const FREE = { rate: 10, burst: 20 };
const SECONDS = 20;

let gateway: RunningGateway;
let call: Client;
beforeAll(async () => {
  gateway = await startGateway();
  call = clientOf(gateway.ready);
});
afterAll(() => gateway?.stop());

const clients = async (...args: string[]) => {
  const result = await cli(['clients', ...args, '--local', '--data', gateway.ready.data, '--json']);
  return { ...result, json: () => JSON.parse(result.stdout) };
};
const tokenOf = (client: string, tier = 'free') => gateway.token('viewer', { client, tier });
const documents = (token: string) => call('GET', '/documents', { token });
const statuses = (responses: readonly ClientResponse[]) => responses.map(({ status }) => status);
const many = (count: number, token: string) => Promise.all(Array.from({ length: count }, () => documents(token)));

describe('registered clients of a running gateway', () => {
  it('share one limit among all tokens of a client, and none with another client', async () => {
    expect((await clients('add', 'one', '--tier', 'free')).json()).toMatchObject({ client: 'one', status: 'active' });
    await clients('add', 'two', '--tier', 'free');
    const [first, second] = [await tokenOf('one'), await tokenOf('one')];
    const other = await tokenOf('two');
    const begun = performance.now();
    const responses = (await Promise.all([many(60, first), many(60, second)])).flat();
    const seconds = (performance.now() - begun) / 1000;
    const served = statuses(responses).filter((status) => status === 200).length;
    expect(served).toBeGreaterThanOrEqual(FREE.burst);
    expect(served).toBeLessThanOrEqual(FREE.burst + FREE.rate * seconds + 1);
    expect(statuses(await many(15, other))).toEqual(Array(15).fill(200));
  });

  it('send a throttled client Retry-After and a problem document', async () => {
    const token = await tokenOf('one');
    const rejected = (await many(60, token)).find(({ status }) => status === 429);
    expect(rejected?.headers['retry-after']).toBe('1');
    expect(rejected?.json()).toMatchObject({ status: 429, code: 'throttled' });
  });

  it('give a client at five times its rate what its tier says, while a premium client beside it loses nothing', async () => {
    await clients('add', 'hasty', '--tier', 'free');
    await clients('add', 'paying', '--tier', 'premium');
    const [free, premium] = [await tokenOf('hasty'), await tokenOf('paying', 'premium')];
    // The first request of each invokes the authorizer; then the gateway uses its cache.
    const sent: { readonly hasty: Promise<ClientResponse>[]; readonly paying: Promise<ClientResponse>[] } = {
      hasty: [],
      paying: [],
    };
    const begun = performance.now();
    for (let elapsed = 0; elapsed < SECONDS * 1000; elapsed = performance.now() - begun) {
      const due = Math.floor((elapsed / 1000) * FREE.rate * 5);
      while (sent.hasty.length < due) {
        sent.hasty.push(documents(free));
        sent.paying.push(documents(premium));
      }
      await sleep(5);
    }
    const offered = (performance.now() - begun) / 1000;
    const hasty = statuses(await Promise.all(sent.hasty));
    const elapsed = (performance.now() - begun) / 1000;
    const served = hasty.filter((status) => status === 200).length;
    // No bucket gives more. It gives less while a busy machine stalls, because a full one gains nothing.
    expect(served).toBeGreaterThan(FREE.burst + (FREE.rate * offered) / 2);
    expect(served).toBeLessThanOrEqual(Math.ceil(FREE.burst + FREE.rate * elapsed));
    expect(new Set(hasty)).toEqual(new Set([200, 429]));
    expect(new Set(statuses(await Promise.all(sent.paying)))).toEqual(new Set([200]));
    const usage = (await clients('usage', 'hasty')).json();
    expect(usage).toEqual({ client: 'hasty', used: served, limit: 10_000, period: 'DAY' });
  });

  it('reject a suspended client with its own problem, and record in its history who suspended it', async () => {
    await clients('add', 'villain', '--tier', 'premium');
    await clients('suspend', 'villain');
    const response = await documents(await tokenOf('villain', 'premium'));
    expect(response.status).toBe(403);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toMatchObject({
      type: 'https://secure-api.dev/errors/client-suspended',
      code: 'client-suspended',
      detail: 'The client is suspended.',
    });
    const { state, history } = (await clients('show', 'villain')).json();
    expect(state).toMatchObject({ status: 'suspended', tier: 'premium' });
    expect(history.map(({ action }: { action: string }) => action)).toEqual(['suspend', 'add']);
    expect(history[0].who).toMatch(/\(local\)$/);
  });

  it('get the right code right after each change, also with a token whose decision is cached', async () => {
    await clients('add', 'known', '--tier', 'free');
    const token = await tokenOf('known');
    const outcome = async (args: readonly string[], used = token) => {
      if (args.length > 0) expect((await clients(...args)).code).toBe(0);
      const response = await documents(used);
      return [args[0], response.status, response.status === 200 ? undefined : response.json()['code']];
    };
    const suspended = async () => {
      // With the cached decision, and with a new one, which the authorizer makes from its own cache.
      expect(await outcome(['suspend', 'known'])).toEqual(['suspend', 403, 'client-suspended']);
      expect(await outcome([], await tokenOf('known'))).toEqual([undefined, 403, 'client-suspended']);
    };
    expect(await outcome([])).toEqual([undefined, 200, undefined]);
    await suspended();
    expect((await documents(token)).json()).toMatchObject({ status: 403, detail: 'The client is suspended.' });
    expect(await outcome(['resume', 'known'])).toEqual(['resume', 200, undefined]);
    expect(await outcome(['rotate', 'known'])).toEqual(['rotate', 200, undefined]);
    expect(await outcome(['set-tier', 'known', '--tier', 'premium'])).toEqual(['set-tier', 200, undefined]);
    expect(await outcome(['remove', 'known'])).toEqual(['remove', 200, undefined]);
  });

  it('still say that a permission is missing where it is that', async () => {
    const token = await gateway.token('viewer', { client: 'two' });
    const response = await call('POST', '/documents', { token, body: { title: 'No' } });
    expect(response.json()).toMatchObject({ status: 403, code: 'forbidden' });
  });

  it('are listed, and forgotten on request', async () => {
    await clients('remove', 'two');
    const { json } = await clients('list');
    expect(json().clients.map(({ client }: { client: string }) => client)).toEqual([
      'hasty',
      'one',
      'paying',
      'villain',
    ]);
  });

  it.each([
    ['a client twice', ['add', 'one', '--tier', 'free'], 'client-exists'],
    ['a tier that is none', ['add', 'new', '--tier', 'gold'], 'option-invalid'],
    ['a stranger', ['rotate', 'stranger'], 'client-unknown'],
  ])('reject %s with exit code 2', async (_, args, code) => {
    const result = await clients(...args);
    expect([result.code, JSON.parse(result.stderr).error.code]).toEqual([2, code]);
  });
});
