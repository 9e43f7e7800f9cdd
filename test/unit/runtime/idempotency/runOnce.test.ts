import { describe, expect, it, vi } from 'vitest';
import { linesOf } from '../../authorizer/support/authorizer.ts';
import { call, type TestRequest } from '../support.ts';
import { newKey, type OrderService, useOrders } from './orders.ts';

const service = useOrders();

const order: OrderService['order'] = (...request) => service().order(...request);

describe('a request with a key', () => {
  it('runs once, and its response is returned again as it was', async () => {
    const key = newKey();
    const first = await order(key);
    const second = await order(key);
    expect(service().runs).toHaveLength(1);
    expect(second.statusCode).toBe(201);
    expect(second.body).toBe(first.body);
    expect(first.headers).not.toHaveProperty('idempotency-replayed');
    expect(second.headers).toEqual({ ...first.headers, 'idempotency-replayed': 'true' });
  });

  it('runs always without a key, and in other routes', async () => {
    await order(undefined);
    await order(undefined);
    expect(service().runs).toEqual([undefined, undefined]);
    const key = newKey();
    await order(key);
    await order(key, { resource: '/orders/{id}/payment', path: { id: '1' }, body: undefined });
    expect(service().runs).toHaveLength(4);
    expect(service().runs[2]).not.toBe(service().runs[3]);
  });

  it.each([['quoted'], ['with "quotes" and \\ inside'], ['a, b; c']])(
    'has the same key in quotes: %s',
    async (value) => {
      const quoted = `"${`${value} ${newKey()}`.replaceAll(/["\\]/g, '\\$&')}"`;
      await order(quoted);
      expect(await order(quoted)).toMatchObject({ headers: { 'idempotency-replayed': 'true' } });
      const bare = newKey();
      await order(bare);
      expect(await order(`"${bare}"`)).toMatchObject({ headers: { 'idempotency-replayed': 'true' } });
      expect(service().runs).toHaveLength(2);
    },
  );

  it('gives its handler a digest instead of the header', async () => {
    let seen: object = {};
    service().behave = (request) => {
      seen = request;
      return { status: 201, body: { id: 1 } };
    };
    const key = newKey();
    await order(key, { headers: { 'x-mode': 'a' } });
    expect(seen).toMatchObject({ headers: { 'x-mode': 'a' }, idempotencyKey: expect.stringMatching(/^[\w-]{43}$/) });
    expect(seen).not.toHaveProperty(['headers', 'idempotency-key']);
  });

  it('is another one of another caller or issuer', async () => {
    const key = newKey();
    const first = await order(key);
    for (const authorizer of [{ subject: 'user-2' }, { issuer: 'https://j' }]) {
      const other = await order(key, { authorizer, body: { item: 'coffee' } });
      expect(other.json).not.toEqual(first.json);
    }
    expect(new Set(service().runs).size).toBe(3);
  });

  it('keeps headers of the handler that replace those of every response', async () => {
    service().behave = () => ({ status: 201, body: { id: 1 }, headers: { 'cache-control': 'private' } });
    const key = newKey();
    await order(key);
    expect((await order(key)).headers).toMatchObject({
      'cache-control': 'private',
      'x-content-type-options': 'nosniff',
    });
  });

  it('is logged and counted when its response is returned again', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    const handler = service().serveWith(service().server.environment);
    const headers = { 'Idempotency-Key': newKey() };
    const request = { method: 'POST', resource: '/orders', body: { item: 'tea' }, headers };
    const traces = async () =>
      (await linesOf(() => call(handler, request)))
        .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>)
        .map(({ replayed, Replays }) => replayed ?? Replays)
        .filter((trace) => trace !== undefined);
    expect(await traces()).toEqual([]);
    expect(await traces()).toEqual([true, 1]);
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  });

  it('advertises the current limits with a response that is returned again', async () => {
    const key = newKey();
    await order(key);
    expect((await order(key)).headers).toHaveProperty('ratelimit-policy');
  });
});

describe('another request with the same key is rejected', () => {
  it.each<readonly [string, Partial<TestRequest>]>([
    ['another body', { body: { item: 'coffee' } }],
    ['one more member', { body: { item: 'tea', count: 2 } }],
    ['another query', { query: { dry: 'true' } }],
    ['another header', { headers: { 'x-mode': 'a' } }],
    ['the token of another tenant', { authorizer: { claim_tenant: 'beta' } }],
    ['a token that has no tenant', { authorizer: { claim_tenant: undefined } }],
    ['a new token, whose plan has changed', { authorizer: { claim_tenant: 'acme', claim_plan: 'pro' } }],
  ])('with %s', async (_, change) => {
    const key = newKey();
    const mine = { claim_tenant: 'acme' };
    await order(key, { authorizer: mine });
    expect(await order(key, { authorizer: mine, ...change })).toMatchObject({
      statusCode: 422,
      json: { code: 'idempotency-key-reused' },
    });
    expect(service().runs).toHaveLength(1);
  });

  it('with another path', async () => {
    const pay = (id: string) => order(key, { resource: '/orders/{id}/payment', path: { id }, body: undefined });
    const key = newKey();
    await pay('1');
    expect(await pay('2')).toMatchObject({ statusCode: 422 });
    expect(await pay('1')).toMatchObject({ statusCode: 201 });
  });

  it('but not where only the order of names, a default, the trace or a spelling of the body differs', async () => {
    const key = newKey();
    await order(key, { body: { item: 'tea', count: 1 } });
    const same: readonly Partial<TestRequest>[] = [
      { body: { count: 1, item: 'tea' } },
      { body: { item: 'tea' } },
      { raw: '{ "item" : "\\u0074ea" }' },
      { headers: { traceparent: '00-1-2-01' } },
      { headers: { 'Content-Type': 'application/json; charset=UTF-8' } },
    ];
    for (const change of same) expect(await order(key, change)).toMatchObject({ statusCode: 201 });
    expect(service().runs).toHaveLength(1);
  });
});

describe('a key is required', () => {
  it('where the route says so', async () => {
    const missing = await order(undefined, { resource: '/orders/{id}/payment', path: { id: '1' }, body: undefined });
    const errors = [{ header: 'idempotency-key', code: 'required', message: 'is required' }];
    expect(missing).toMatchObject({ statusCode: 400, json: { code: 'invalid-request', errors } });
  });

  it.each([
    '',
    ' ',
    '"',
    '""',
    'a b',
    'a,b',
    'a;b',
    '"a',
    'a"',
    '"a"b',
    '"\\a"',
    'é',
    `${'x'.repeat(256)}`,
    `"${'x'.repeat(256)}"`,
  ])('in its syntax, which %j is not', async (key) => {
    const rejected = await order(key);
    expect(rejected).toMatchObject({ statusCode: 400, json: { code: 'invalid-request' } });
    expect(rejected.json['errors']).toContainEqual(expect.objectContaining({ header: 'idempotency-key' }));
    expect(service().runs).toEqual([]);
  });

  it('once', async () => {
    const twice = { headers: { 'Idempotency-Key': ['a', 'a'] } };
    expect(await order(undefined, twice)).toMatchObject({ statusCode: 400 });
  });
});
