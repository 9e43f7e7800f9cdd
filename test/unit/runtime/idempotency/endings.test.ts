import { describe, expect, it, vi } from 'vitest';
import { type ProblemCode, problem } from '../../../../lambdas/runtime/index.ts';
import { patientTable } from '../../../support/recordTable.ts';
import { call, serveApi } from '../support.ts';
import { newKey, type OrderService, orders, useOrders } from './orders.ts';

const service = useOrders();

const order: OrderService['order'] = (...request) => service().order(...request);

describe('what a handler throws', () => {
  const thrown: readonly (readonly [ProblemCode, number, 'stored' | 'released'])[] = [
    ['invalid-request', 400, 'stored'],
    ['not-found', 404, 'stored'],
    ['conflict', 409, 'stored'],
    ['gone', 410, 'stored'],
    ['precondition-failed', 412, 'stored'],
    ['unprocessable-content', 422, 'stored'],
    ['precondition-required', 428, 'stored'],
    ['unauthorized', 401, 'released'],
    ['forbidden', 403, 'released'],
    ['locked', 423, 'released'],
    ['failed-dependency', 424, 'released'],
    ['throttled', 429, 'released'],
    ['service-unavailable', 503, 'released'],
  ];
  it.each(thrown)('as %s (%d) is %s', async (code, status, expected) => {
    service().behave = () => {
      throw problem(code, 'Said by the handler.');
    };
    const key = newKey();
    const first = await order(key);
    expect(first.statusCode).toBe(status);
    const second = await order(key);
    expect(service().runs).toHaveLength(expected === 'stored' ? 1 : 2);
    if (expected === 'stored') {
      expect(second.body).toBe(first.body);
      expect(second.headers).toMatchObject({
        'idempotency-replayed': 'true',
        'content-type': 'application/problem+json',
      });
    }
  });

  it('as a problem of the API itself is stored, too', async () => {
    service().behave = (seen) => {
      throw (seen as { readonly problem: (code: string) => Error }).problem('order-closed');
    };
    const key = newKey();
    const first = await order(key);
    expect(first).toMatchObject({ statusCode: 409, json: { code: 'order-closed' } });
    const second = await order(key);
    expect(second).toMatchObject({ statusCode: 409, headers: { 'idempotency-replayed': 'true' } });
    expect(second.body).toBe(first.body);
    expect(service().runs).toHaveLength(1);
  });

  it.each<readonly [string, () => unknown]>([
    [
      'an error',
      () => {
        throw new Error('a bug');
      },
    ],
    ['nothing that is declared', () => ({ status: 200, body: {} })],
    ['no response', () => undefined],
  ])('as %s releases the key, so that a retry runs', async (_, broken) => {
    const key = newKey();
    service().behave = broken;
    expect(await order(key)).toMatchObject({ statusCode: 500 });
    service().behave = () => ({ status: 201, body: { id: 7 } });
    expect(await order(key)).toMatchObject({ statusCode: 201, json: { id: 7 } });
    expect(service().runs[0]).toBe(service().runs[1]);
  });
});

describe('requests at the same time', () => {
  it('run once: the others are asked to retry', async () => {
    const gate = Promise.withResolvers<void>();
    service().behave = async () => {
      await gate.promise;
      return { status: 201, body: { id: 1 } };
    };
    const key = newKey();
    const first = order(key);
    await vi.waitFor(() => expect(service().runs).toHaveLength(1));
    const others = await Promise.all([order(key), order(key)]);
    for (const other of others) {
      expect(other).toMatchObject({
        statusCode: 409,
        json: { code: 'idempotency-in-progress' },
        headers: { 'retry-after': '1' },
      });
    }
    expect(await order(key, { body: { item: 'coffee' } })).toMatchObject({ statusCode: 422 });
    gate.resolve();
    expect((await first).statusCode).toBe(201);
    expect((await order(key)).body).toBe((await first).body);
    expect(service().runs).toHaveLength(1);
  });

  it('of many, one runs', async () => {
    const key = newKey();
    const statuses = (await Promise.all(Array.from({ length: 20 }, () => order(key)))).map(
      ({ statusCode }) => statusCode,
    );
    expect(service().runs).toHaveLength(1);
    expect(statuses.every((status) => status === 201 || status === 409)).toBe(true);
  });

  it('run again after the function could no longer run, and the first one changes nothing any more', async () => {
    const killed = Promise.withResolvers<void>();
    service().behave = async () => {
      await killed.promise;
      return { status: 201, body: { id: 1 } };
    };
    const key = newKey();
    const context = { getRemainingTimeInMillis: () => 3_000 };
    const first = order(key, {}, context);
    await vi.waitFor(() => expect(service().runs).toHaveLength(1));
    service().now += 3_900;
    expect(await order(key)).toMatchObject({ statusCode: 409 });
    service().now += 200;
    service().behave = () => ({ status: 201, body: { id: 2 } });
    expect(await order(key)).toMatchObject({ statusCode: 201, json: { id: 2 } });
    expect(service().runs[0]).toBe(service().runs[1]);
    killed.resolve();
    await first;
    expect(await order(key)).toMatchObject({ statusCode: 201, json: { id: 2 } });
  });
});

describe('a record', () => {
  it('expires, although the table still has it', async () => {
    const key = newKey();
    await order(key);
    service().now += 86_399_000;
    await order(key, { authorizer: { expires: String(Math.ceil(Date.now() / 1000) + 100_000) } });
    expect(service().runs).toHaveLength(1);
    service().now += 2_000;
    await order(key, { body: { item: 'coffee' } });
    expect(service().runs).toHaveLength(2);
  });

  it('holds neither key nor caller', async () => {
    const key = newKey();
    await order(key);
    const item = JSON.stringify(await service().server.item(service().runs[0] ?? ''));
    expect(item).toContain('statusCode');
    for (const secret of [`"${key}"`, 'user-1', 'https://i']) expect(item).not.toContain(secret);
  });

  it('of a response that does not fit the table prevents a second run', async () => {
    service().behave = () => ({ status: 201, body: { id: 1, text: 'x'.repeat(400_000) } });
    const key = newKey();
    expect(await order(key)).toMatchObject({ statusCode: 201 });
    const again = await order(key);
    expect(again).toMatchObject({ statusCode: 409, json: { code: 'idempotency-response-unavailable' } });
    expect(service().runs).toHaveLength(1);
  });

  it('that is damaged fails the request instead of running it again', async () => {
    const key = newKey();
    await order(key);
    const id = service().runs[0] ?? '';
    const item = (await service().server.item(id)) as never as Record<string, { readonly S: string }>;
    for (const result of ['', 'null', '{}', '{"response":{}}', 'not JSON']) {
      await service().server.put({ ...item, result: { S: result || ' ' } });
      expect(await order(key)).toMatchObject({ statusCode: 503, json: { code: 'service-unavailable' } });
    }
    expect(service().runs).toHaveLength(1);
  });
});

describe('while the table is unreachable', () => {
  const unreachable = () =>
    service().serveWith({ ...service().server.environment, AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1' });

  it('requests with a key are rejected, and those without one run', async () => {
    const broken = unreachable();
    const request = { method: 'POST', resource: '/orders', body: { item: 'tea' } };
    const keyed = await call(broken, { ...request, headers: { 'Idempotency-Key': 'k' } });
    expect(keyed).toMatchObject({
      statusCode: 503,
      json: { code: 'service-unavailable' },
      headers: { 'retry-after': '10' },
    });
    expect(service().runs).toEqual([]);
    expect(await call(broken, request)).toMatchObject({ statusCode: 201 });
  });

  it('after the handler ran, its response is returned anyway', async () => {
    const table = patientTable(service().server.environment);
    const failing = { ...table, complete: () => Promise.reject(new Error('gone')) };
    const half = service().serveWith({}, { table: failing });
    const request = {
      method: 'POST',
      resource: '/orders',
      body: { item: 'tea' },
      headers: { 'Idempotency-Key': newKey() },
    };
    expect(await call(half, request)).toMatchObject({ statusCode: 201 });
    expect(await call(half, request)).toMatchObject({ statusCode: 409 });
    expect(service().runs).toHaveLength(1);
  });
});

describe('access is checked first', () => {
  it('so a caller who lost the permission does not get the response again', async () => {
    const key = newKey();
    await order(key);
    expect(await order(key, { roles: 'other' })).toMatchObject({ statusCode: 403 });
    expect(await order(key, { authorizer: null })).toMatchObject({ statusCode: 401 });
    expect(await order(key, { authorizer: { expires: '1' } })).toMatchObject({ statusCode: 401 });
  });
});

it('a function without the store does not start, so that no key is ignored', () => {
  expect(() => serveApi(orders, [{ route: 'create', fn: () => undefined }], { runOnce: undefined })).toThrow(
    'must have the store of idempotency keys',
  );
});
