import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { LambdaHandler, ProxyResult } from '../../../lambdas/runtime/event.ts';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { entriesOf, expectCounted, expectNextIsGood, MARK } from './observed.ts';
import { serveApi, serveFiles, silenceTelemetry, things } from './support.ts';

silenceTelemetry();
beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
});

const secure = handlersOf<typeof things>();

describe('a part of the pipeline that throws', () => {
  const good = secure('list', (request) => {
    request.log.info('handled');
    request.metrics.addMetric('Handled', 'Count', 1);
    return { status: 200, body: { seen: null } };
  });
  let broken = true;
  beforeEach(() => {
    broken = true;
  });
  const breakOnce = () => {
    const isBroken = broken;
    broken = false;
    if (isBroken) throw new Error(MARK);
  };
  /** A property that throws when the first request reads it. */
  const breaking = <T extends object>(object: T, name: keyof T): T => {
    const value = object[name];
    return Object.defineProperty({ ...object }, name, {
      enumerable: true,
      get: () => {
        breakOnce();
        return value;
      },
    });
  };
  const limiter = (method: 'take' | 'peek') => () => {
    const known = { policies: [] };
    return { take: async () => known, peek: () => known, [method]: breakOnce } as never;
  };

  it.each<readonly [string, RouteHandler['fn']]>([
    ['the handler', breakOnce as never],
    ['the status of the response', (() => breaking({ status: 200, body: { seen: null } }, 'status')) as never],
    ['the body of the response', (() => breaking({ status: 200, body: { seen: null } }, 'body')) as never],
    ['the headers of the response', (() => breaking({ status: 200, headers: {} }, 'headers')) as never],
    ['a value of the body', (() => ({ status: 200, body: { seen: breaking({ a: 1 }, 'a') } })) as never],
  ])('%s: a 500, logged and counted, and the next request is served', async (_, fn) => {
    const handler = serveApi(things, [
      {
        route: 'list',
        fn: (request: never) => (broken ? fn(request) : (good.fn as (request: never) => unknown)(request)),
      },
    ]);
    const { status, entries } = await entriesOf(handler);
    expect(status).toBe(500);
    expectCounted(entries, 1);
    expect(entries).toContainEqual(expect.objectContaining({ message: 'request failed', route: 'list' }));
    broken = false;
    await expectNextIsGood(handler);
  });

  it.each(['headers', 'multiValueHeaders', 'queryStringParameters', 'pathParameters', 'body'] as const)(
    'reading %s of the event: a 500, and the next request is served',
    async (name) => {
      const handler = serveApi(things, [good]);
      const hostileHandler: LambdaHandler = (event, context) => handler(breaking(event, name), context);
      const { status } = await entriesOf(hostileHandler);
      expect([200, 500]).toContain(status);
      await expectNextIsGood(handler);
    },
  );

  it('the building of the pipeline: a 500, logged and counted, and the next request builds it again', async () => {
    const handler = serveApi(things, [good], { change: (route) => breaking(route, 'limits') });
    const results: ProxyResult[] = [];
    const observed: LambdaHandler = async (event, context) => {
      const result = await handler(event, context);
      results.push(result);
      return result;
    };
    const { status, entries } = await entriesOf(observed);
    expect(status).toBe(500);
    expectCounted(entries, 1);
    expect(entries.filter(({ message }) => message === 'request failed')).toMatchObject([
      { level: 'ERROR', requestId: 'request-1', route: 'list', error: { message: MARK } },
    ]);
    expect(entries.find(({ message }) => message === 'request')).toMatchObject({ status: 500, code: 'internal' });
    const headers = { 'content-type': 'application/problem+json', 'x-content-type-options': 'nosniff' };
    expect(results).toMatchObject([{ headers, body: expect.stringContaining('"code":"internal"') }]);
    expect(results[0]?.body).not.toContain(MARK);
    await expectNextIsGood(observed);
  });

  it.each(['take', 'peek'] as const)('the limiter in %s: the next request is served', async (method) => {
    const handler = serveApi(things, [good], { limiter: limiter(method) });
    await entriesOf(handler);
    await expectNextIsGood(handler);
  });
});

describe('an error that cannot be read', () => {
  const a = new Error('a');
  const b = new Error('b', { cause: a });
  a.cause = b;
  const revoked = Proxy.revocable(new Error('x'), {});
  revoked.revoke();
  const getters = Object.defineProperty(new Error('x'), 'cause', {
    get: () => {
      throw new Error('a getter');
    },
  });

  it.each<readonly [string, unknown]>([
    ['an error that is its own cause', Object.assign(new Error('x'), { cause: a })],
    ['two errors that cause each other', a],
    ['an error whose getter throws', getters],
    ['a revoked proxy', revoked.proxy],
    ['undefined', undefined],
    ['a symbol', Symbol('s')],
    ['an object in a circle', Object.assign(Object.create(null), { a, b })],
  ])('%s: a 500, logged and counted', async (_, thrown) => {
    const handler = serveApi(things, [
      {
        route: 'list',
        fn: () => {
          throw thrown;
        },
      },
    ]);
    const { status, entries } = await entriesOf(handler);
    expect(status).toBe(500);
    expectCounted(entries, 1);
    expect(entries.filter(({ message }) => message === 'request failed')).toMatchObject([
      { level: 'ERROR', requestId: 'request-1', route: 'list', error: expect.anything() },
    ]);
  });
});

describe('a handler that secure did not make', () => {
  it.each<readonly [string, unknown]>([
    ['a function', async () => ({ status: 200 })],
    ['nothing, as from CommonJS', undefined],
    ['null', null],
    ['a handler without a function', secure('list', 3 as never)],
  ])('is logged by name when the function starts, and its route responds with 500: %s', async (_, handler) => {
    let function_: LambdaHandler | undefined;
    const started = await linesOf(async () => {
      function_ = serveFiles(things, [{ file: 'list', handler: handler as RouteHandler }]);
    });
    const message = expect.stringMatching(/^the handler of list is not made by secure: write export const handler = /);
    expect(started.map((line) => JSON.parse(line))).toContainEqual(
      expect.objectContaining({ level: 'ERROR', message }),
    );
    const { status, entries } = await entriesOf(function_ as LambdaHandler);
    expect(status).toBe(500);
    expectCounted(entries, 1);
  });
});
