import { describe, expect, it } from 'vitest';
import { handlersOf, problem } from '../../../lambdas/runtime/index.ts';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import {
  call,
  create,
  expectRejected,
  list,
  send,
  serveApi,
  serveCreate,
  serveFiles,
  silenceTelemetry,
  thingHandlers,
  things,
} from './support.ts';

silenceTelemetry();
const secure = handlersOf<typeof things>();

describe('a valid request', () => {
  it('reaches its handler, and the response has security headers', async () => {
    const response = await send(create);
    expect(response).toMatchObject({ statusCode: 201, json: { title: 'A' } });
    expect(response.headers).toMatchObject({
      location: '/things/1',
      'content-type': 'application/json',
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });

  it('needs no caller on a public route, and any caller on an authenticated one', async () => {
    const empty = await send({ method: 'GET', resource: '/open' });
    expect(empty).toMatchObject({ statusCode: 204, body: '' });
    expect(empty.headers).not.toHaveProperty('content-type');
    expect((await send({ method: 'GET', resource: '/me', roles: '' })).json).toEqual({ subject: 'user-1' });
  });

  it('has its parameters as values, and no undeclared header', async () => {
    const response = await send({
      ...list,
      path: { name: 'a%20b' },
      query: { limit: '5', ratio: '-0.5', deep: 'true', tag: ['x', 'y'] },
      headers: { 'X-Mode': 'fast', Authorization: 'Bearer secret' },
    });
    expect(response.json['seen']).toEqual({
      path: { name: 'a b' },
      query: { limit: 5, ratio: -0.5, deep: true, tag: ['x', 'y'] },
      headers: { 'x-mode': 'fast' },
    });
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'may have the content type %s',
    async (type) => {
      expect((await send({ ...create, headers: { 'Content-Type': type } })).statusCode).toBe(201);
    },
  );

  it('may have its body in base64, as API Gateway sends binary media', async () => {
    const raw = Buffer.from('{"title":"ä"}').toString('base64');
    expect((await send({ ...create, raw, base64: true })).json).toEqual({ title: 'ä' });
  });
});

describe('a rejected request', () => {
  it.each([
    ['rejected by the pipeline', { ...list, headers: { Accept: 'text/html' } }, 'not-acceptable'],
    ['without a route', { ...list, resource: '/unknown' }, 'not-found'],
  ])('%s: the type of the problem starts with the base URL of the API', async (_, request, code) => {
    const handler = serveApi(things, thingHandlers, { problemTypeBase: 'https://help.example.com/errors#' });
    expect((await call(handler, request)).json['type']).toBe(`https://help.example.com/errors#${code}`);
  });

  it.each(['X-HTTP-Method-Override', 'x-http-method', 'X-Method-Override'])('with the header %s', async (name) => {
    await expectRejected({ ...list, headers: { [name]: 'DELETE' } }, 400, 'method-override-rejected');
  });

  it('for a route that the function does not serve', async () => {
    await expectRejected({ method: 'GET', resource: '/other' }, 404, 'not-found');
    await expectRejected({ method: 'PATCH', resource: '/things' }, 404, 'not-found');
  });
});

describe('a handler', () => {
  it('that throws a problem returns it', async () => {
    const response = await call(
      serveCreate(() => Promise.reject(problem(409, 'It exists.'))),
      create,
    );
    expect(response).toMatchObject({ statusCode: 409, json: { code: 'conflict', detail: 'It exists.' } });
  });

  it.each([
    [429, 'throttled'],
    [503, 'service-unavailable'],
  ] as const)('that throws problem(%i) returns when to retry', async (status, code) => {
    const response = await call(
      serveCreate(() => Promise.reject(problem(status))),
      create,
    );
    expect(response).toMatchObject({ statusCode: status, json: { code } });
    expect(response.headers['retry-after']).toBe('10');
  });

  it.each([new Error('password=hunter2'), 'string', undefined, null, { status: 200 }])(
    'that throws %j causes a 500 without details',
    async (thrown) => {
      const response = await call(
        serveCreate(() => {
          throw thrown;
        }),
        create,
      );
      expect(response).toMatchObject({ statusCode: 500, json: { code: 'internal' } });
      expect(Object.keys(response.json)).toEqual(['type', 'title', 'status', 'instance', 'code']);
    },
  );

  it.each([
    [['a=1', 'b=2'], { multiValueHeaders: { location: ['a=1', 'b=2'] } }],
    [['a=1'], { multiValueHeaders: { location: ['a=1'] } }],
    ['/things/1', { headers: { location: '/things/1' } }],
    ['', { headers: { location: '' } }],
  ])('that returns the header %j sends each of its values', async (Location, expected) => {
    const returned = { status: 201, body: { title: 'A' }, headers: { Location } };
    const response = await call(
      serveCreate(() => returned),
      create,
    );
    expect(response).toMatchObject({ statusCode: 201, ...expected });
    expect('location' in response.headers).toBe('headers' in expected);
  });

  it.each([[[]], [undefined]])('that returns the header %j sends none', async (Location) => {
    const returned = { status: 201, body: { title: 'A' }, headers: { Location } };
    const response = await call(
      serveCreate(() => returned),
      create,
    );
    expect(response.statusCode).toBe(201);
    expect(response.headers).not.toHaveProperty('location');
    expect(response).not.toHaveProperty('multiValueHeaders');
  });

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['a string', 'ok'],
    ['an undeclared status', { status: 200, body: {} }],
    ['no status', { body: {} }],
    ['no body where one is declared', { status: 201 }],
    ['a body that is not JSON', { status: 201, body: () => 1 }],
    ['a cycle', { status: 201, body: cycle }],
    ['a bigint', { status: 201, body: { title: 1n } }],
    ['an undeclared header', { status: 201, body: {}, headers: { 'X-Other': 'a' } }],
    ['a line break in a header', { status: 201, body: {}, headers: { Location: '/a\r\nSet-Cookie: a=b' } }],
    [
      'a line break in one of the values',
      { status: 201, body: {}, headers: { Location: ['/a', '/b\r\nSet-Cookie: a=b'] } },
    ],
    ['a header that is not a string', { status: 201, body: {}, headers: { Location: 7 } }],
    ['a value that is not a string', { status: 201, body: {}, headers: { Location: ['/a', undefined] } }],
    ['a list in a list', { status: 201, body: {}, headers: { Location: [['/a']] } }],
    ['a header in two spellings', { status: 201, body: {}, headers: { Location: '/a', location: '/b' } }],
    ['a list of headers', { status: 201, body: {}, headers: [['Location', '/a']] }],
    ['more than Lambda can return', { status: 201, body: { title: 'x'.repeat(6_000_000) } }],
    ['headers that are not an object', { status: 201, body: {}, headers: 'a' }],
  ])('that returns %s causes a 500', async (_what, returned) => {
    expect(
      await call(
        serveCreate(() => returned),
        create,
      ),
    ).toMatchObject({ statusCode: 500, json: { code: 'internal' } });
  });

  it('that hangs causes a 504 before Lambda ends the function', async () => {
    const hanging = serveCreate(() => new Promise(() => undefined));
    const response = await call(hanging, create, { getRemainingTimeInMillis: () => 400 });
    expect(response).toMatchObject({ statusCode: 504, json: { code: 'timeout' } });
  });

  it('of another route is not called, and its neighbours are served', async () => {
    const misplaced = { ...secure('open', () => ({ status: 204 })), route: 'open' } as RouteHandler;
    const open = thingHandlers.filter(({ route }) => route === 'open');
    const served = [{ file: 'create', handler: misplaced }, ...open.map((handler) => ({ file: 'open', handler }))];
    const function_ = serveFiles(things, served);
    expect(await call(function_, create)).toMatchObject({ statusCode: 500, json: { code: 'internal' } });
    expect(await call(function_, { method: 'GET', resource: '/open' })).toMatchObject({ statusCode: 204 });
  });
});
