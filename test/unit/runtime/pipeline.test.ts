import { Type } from 'typebox';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LambdaHandler } from '../../../lambdas/runtime/event.ts';
import { handlersOf, problem } from '../../../lambdas/runtime/index.ts';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import { serve } from '../../../lambdas/runtime/serve.ts';
import { defineApi, defineRoles, del, get, object, post } from '../../../lib/definition/index.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, inSeconds, serveApi, type TestRequest } from './support.ts';

const api = defineApi({
  name: 'things',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['thing:read'] }, admin: { can: ['thing:write'] } }, { reviewed: '2026-11-01' }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  routes: {
    open: get('/open', { public: 'for the test of a public route', responses: { 204: { description: 'Up' } } }),
    me: get('/me', {
      authenticated: 'for the test of any caller',
      responses: { 200: { description: 'You', body: object({ subject: Type.String({ maxLength: 99 }) }) } },
    }),
    list: get('/things/{name}', {
      permission: 'thing:read',
      path: object({ name: Type.String({ maxLength: 9 }) }),
      query: object({
        limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100 })),
        ratio: Type.Optional(Type.Number({ maximum: 10 })),
        deep: Type.Optional(Type.Boolean()),
        tag: Type.Optional(Type.Array(Type.String({ maxLength: 5 }), { maxItems: 3 })),
      }),
      headers: object({ 'x-mode': Type.Optional(Type.String({ maxLength: 5 })) }),
      responses: { 200: { description: 'What was understood', body: object({ seen: Type.Unknown() }) } },
    }),
    create: post('/things', {
      permission: 'thing:write',
      body: object({
        title: Type.String({ minLength: 1, maxLength: 5 }),
        tags: Type.Optional(Type.Array(Type.String({ maxLength: 3 }), { maxItems: 2 })),
      }),
      maxBodyBytes: 200,
      responses: {
        201: {
          description: 'Made',
          body: object({ title: Type.String({ maxLength: 5 }) }),
          headers: { Location: 'Where' },
        },
      },
      problems: [409],
    }),
    remove: del('/things/{name}', {
      permission: 'thing:write',
      path: object({ name: Type.String({ maxLength: 9 }) }),
      responses: { 204: { description: 'Gone' } },
    }),
  },
});
const secure = handlersOf<typeof api>();

const handlers = [
  secure('open', ({ caller }) => {
    if (caller !== undefined) throw new Error('a caller on a public route');
    return { status: 204 };
  }),
  secure('me', ({ caller }) => ({ status: 200, body: { subject: caller.subject } })),
  secure('list', ({ path, query, headers }) => ({ status: 200, body: { seen: { path, query, headers } } })),
  secure('create', async ({ body }) => ({
    status: 201,
    body: { title: body.title },
    headers: { Location: '/things/1' },
  })),
];
const create: TestRequest = { method: 'POST', resource: '/things', roles: 'admin', body: { title: 'A' } };
const list: TestRequest = { method: 'GET', resource: '/things/{name}', path: { name: 'a' } };

let served: LambdaHandler;
beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'SecureApi');
  served = serveApi(api, handlers);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** A function whose one route does what the test says, whatever its type. */
const served1 = (fn: () => unknown) => serveApi(api, [{ route: 'create', fn } as RouteHandler]);

describe('a good request', () => {
  it('reaches its handler and is answered with security headers', async () => {
    const answer = await call(served, create);
    expect(answer).toMatchObject({ statusCode: 201, json: { title: 'A' } });
    expect(answer.headers).toMatchObject({
      location: '/things/1',
      'content-type': 'application/json',
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });

  it('needs no caller on a public route, and any caller on an authenticated one', async () => {
    const empty = await call(served, { method: 'GET', resource: '/open' });
    expect(empty).toMatchObject({ statusCode: 204, body: '' });
    expect(empty.headers).not.toHaveProperty('content-type');
    expect((await call(served, { method: 'GET', resource: '/me', roles: '' })).json).toEqual({ subject: 'user-1' });
  });

  it('has its parameters as values, and no undeclared header', async () => {
    const answer = await call(served, {
      ...list,
      path: { name: 'a%20b' },
      query: { limit: '5', ratio: '-0.5', deep: 'true', tag: ['x', 'y'] },
      headers: { 'X-Mode': 'fast', Authorization: 'Bearer secret' },
    });
    expect(answer.json['seen']).toEqual({
      path: { name: 'a b' },
      query: { limit: 5, ratio: -0.5, deep: true, tag: ['x', 'y'] },
      headers: { 'x-mode': 'fast' },
    });
  });

  it.each(['application/json', 'application/json; charset=utf-8', 'Application/JSON;charset="UTF-8"'])(
    'may say %s',
    async (type) => {
      expect((await call(served, { ...create, headers: { 'Content-Type': type } })).statusCode).toBe(201);
    },
  );

  it('may come in base64, as API Gateway sends binary media', async () => {
    const raw = Buffer.from('{"title":"ä"}').toString('base64');
    expect((await call(served, { ...create, raw, base64: true })).json).toEqual({ title: 'ä' });
  });
});

describe('a rejected request is a problem document', () => {
  it.each([
    ['by the pipeline', { ...list, headers: { Accept: 'text/html' } }, 'not-acceptable'],
    ['without a route', { ...list, resource: '/unknown' }, 'not-found'],
  ])('%s, whose type starts with the address that the API names', async (_, request, code) => {
    const handler = serveApi(api, handlers, { problemTypeBase: 'https://help.example.com/errors#' });
    expect((await call(handler, request)).json['type']).toBe(`https://help.example.com/errors#${code}`);
  });

  const rejected = async (request: TestRequest, status: number, code: string) => {
    const answer = await call(served, request);
    expect(answer.json).toMatchObject({
      type: `https://secure-api.dev/errors/${code}`,
      status,
      code,
      title: expect.any(String),
      instance: 'request-1',
    });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers).toMatchObject({
      'content-type': 'application/problem+json',
      'x-content-type-options': 'nosniff',
    });
    return answer;
  };

  it.each(['X-HTTP-Method-Override', 'x-http-method', 'X-Method-Override'])('with %s', async (name) => {
    await rejected({ ...list, headers: { [name]: 'DELETE' } }, 400, 'method-override-rejected');
  });

  it.each([
    'text/plain',
    'application/json; charset=iso-8859-1',
    'application/xml',
    'application/json, text/plain',
    'application/jsonp',
    '',
  ])('of content type %j', async (type) => {
    await rejected({ ...create, headers: { 'Content-Type': type } }, 415, 'unsupported-media-type');
  });

  it('with two content types, or an encoded content', async () => {
    const both = { 'Content-Type': ['application/json', 'application/json'] };
    await rejected({ ...create, headers: both }, 415, 'unsupported-media-type');
    await rejected({ ...create, headers: { 'Content-Encoding': 'gzip' } }, 415, 'unsupported-media-type');
  });

  it('with more bytes than the route takes', async () => {
    await rejected({ ...create, raw: `"${'ä'.repeat(100)}"` }, 413, 'payload-too-large');
  });

  it.each([
    '{"title":"A","title":"B"}',
    '{"title":"A","\\u0074itle":"B"}',
    '{"__proto__":{"a":1},"title":"A"}',
    '{"tags":[{"constructor":1}]}',
    '\ufeff{"title":"A"}',
    '{"title":"A"} x',
    '{"title":"A"}{}',
    '{title:"A"}',
    "{'title':'A'}",
    '{"title":"A",}',
    '{"title":NaN}',
    '{"title":1e999}',
    '{"title":"\\ud800"}',
    '// {"title":"A"}',
    '[',
    `${'['.repeat(33)}${']'.repeat(33)}`,
  ])('with the body %s', async (raw) => {
    await rejected({ ...create, raw }, 400, 'malformed-json');
  });

  it('with a body that is not UTF-8', async () => {
    const raw = Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]).toString('base64');
    await rejected({ ...create, raw, base64: true }, 400, 'malformed-json');
    const bom = Buffer.from('\ufeff{"title":"A"}').toString('base64');
    await rejected({ ...create, raw: bom, base64: true }, 400, 'malformed-json');
  });

  it.each<readonly [unknown, readonly (readonly [string, string])[]]>([
    [{}, [['/title', 'required']]],
    [{ title: '' }, [['/title', 'too-short']]],
    [{ title: 'too long' }, [['/title', 'too-long']]],
    [{ title: 7 }, [['/title', 'type']]],
    [{ title: 'A', owner: 'me' }, [['/owner', 'unknown']]],
    [{ title: 'A', 'a/b~c': 1 }, [['/a~1b~0c', 'unknown']]],
    [{ title: 'A', tags: ['ok', 'long'] }, [['/tags/1', 'too-long']]],
    [{ title: 'A', tags: ['a', 'b', 'c'] }, [['/tags', 'too-many']]],
    [[], [['', 'type']]],
  ])('with the body %j, naming the field', async (body, faults) => {
    const { json } = await rejected({ ...create, body }, 400, 'invalid-request');
    expect(json['errors']).toEqual(faults.map(([pointer, code]) => ({ pointer, code, message: expect.any(String) })));
  });

  it('without a body where one is needed, and with one where none is taken', async () => {
    await rejected({ ...create, body: undefined }, 400, 'invalid-request');
    await rejected({ ...list, raw: '{}' }, 400, 'invalid-request');
  });

  it('never with a value of the request in it', async () => {
    const answer = await call(served, { ...create, body: { title: 'S3CRETS3CRET' } });
    expect(answer.body).not.toContain('S3CRET');
  });

  it('listing twenty faults at most', async () => {
    const many = Object.fromEntries(Array.from({ length: 19 }, (_, index) => [`u${index}`, 1]));
    const query = Object.fromEntries(Object.keys({ ...many, a: 1, b: 1, c: 1 }).map((name) => [name, '1']));
    const { json } = await rejected({ ...list, query }, 400, 'invalid-request');
    expect(json['errors']).toHaveLength(20);
  });

  it.each(['1e3', ' 1', '1 ', '0x10', '+1', '01', '1.0', '', 'ten', '９', '9007199254740993', '--1'])(
    'with the whole number %j',
    async (limit) => {
      const { json } = await rejected({ ...list, query: { limit } }, 400, 'invalid-request');
      expect(json['errors']).toEqual([{ parameter: 'limit', code: 'type', message: 'must be integer' }]);
    },
  );

  it.each([
    [{ limit: '0' }, 'limit', 'minimum'],
    [{ limit: '101' }, 'limit', 'maximum'],
    [{ ratio: '1e1' }, 'ratio', 'type'],
    [{ ratio: 'Infinity' }, 'ratio', 'type'],
    [{ deep: 'TRUE' }, 'deep', 'type'],
    [{ deep: '1' }, 'deep', 'type'],
    [{ limit: ['1', '2'] }, 'limit', 'repeated'],
    [{ other: '1' }, 'other', 'unknown'],
    [{ Limit: '1' }, 'Limit', 'unknown'],
    [{ constructor: '1' }, 'constructor', 'unknown'],
    [{ tag: ['a', 'toolong'] }, 'tag', 'too-long'],
    [{ tag: ['a', 'b', 'c', 'd'] }, 'tag', 'too-many'],
  ])('with the query %j', async (query, parameter, code) => {
    const { json } = await rejected({ ...list, query }, 400, 'invalid-request');
    expect(json['errors']).toEqual([{ parameter, code, message: expect.any(String) }]);
  });

  it('with a declared header twice or too long, or a path parameter out of bounds', async () => {
    const twice = await rejected({ ...list, headers: { 'X-Mode': ['a', 'b'] } }, 400, 'invalid-request');
    expect(twice.json['errors']).toMatchObject([{ header: 'x-mode', code: 'repeated' }]);
    const long = await rejected({ ...list, headers: { 'X-Mode': 'too long' } }, 400, 'invalid-request');
    expect(long.json['errors']).toMatchObject([{ header: 'x-mode', code: 'too-long' }]);
    const path = await rejected({ ...list, path: { name: 'a'.repeat(10) } }, 400, 'invalid-request');
    expect(path.json['errors']).toMatchObject([{ parameter: 'name', code: 'too-long' }]);
    await rejected({ ...list, path: { name: '%ff' } }, 400, 'invalid-request');
  });

  it('without the permission, whatever the gateway let through', async () => {
    await rejected({ ...create, roles: 'viewer' }, 403, 'forbidden');
    await rejected({ ...create, roles: '' }, 403, 'forbidden');
    await rejected({ ...create, roles: 'constructor __proto__' }, 403, 'forbidden');
  });

  it('with a token that has expired since the decision was cached, or without a caller', async () => {
    const { headers } = await rejected({ ...list, authorizer: { expires: inSeconds(-1) } }, 401, 'unauthorized');
    expect(headers['www-authenticate']).toMatch(/^Bearer/);
    for (const authorizer of [null, { subject: '' }, { expires: '' }, { expires: 'soon' }, { expires: undefined }]) {
      await rejected({ ...list, authorizer }, 401, 'unauthorized');
    }
  });

  it('with two Authorization headers, whichever of them the gateway had an answer for in its cache', async () => {
    await rejected({ ...list, headers: { Authorization: ['Bearer a.b.c', 'Bearer a.b.c'] } }, 401, 'unauthorized');
    await rejected({ ...list, headers: { Authorization: 'Bearer a.b.c', authorization: '' } }, 401, 'unauthorized');
  });

  it('before its body is read: who may not, learns nothing of the contract', async () => {
    await rejected({ ...create, roles: 'viewer', raw: '{' }, 403, 'forbidden');
  });

  it('of a route that the function does not have', async () => {
    await rejected({ method: 'GET', resource: '/other' }, 404, 'not-found');
    await rejected({ method: 'PATCH', resource: '/things' }, 404, 'not-found');
  });
});

describe('a handler', () => {
  it('that throws a problem is answered with it', async () => {
    const answer = await call(
      served1(() => Promise.reject(problem(409, 'It exists.'))),
      create,
    );
    expect(answer).toMatchObject({ statusCode: 409, json: { code: 'conflict', detail: 'It exists.' } });
  });

  it('that says it is unavailable tells when to come back', async () => {
    const answer = await call(
      served1(() => Promise.reject(problem(503))),
      create,
    );
    expect(answer).toMatchObject({ statusCode: 503, json: { code: 'service-unavailable' } });
    expect(answer.headers['retry-after']).toBe('10');
  });

  it.each([new Error('password=hunter2'), 'text', undefined, null, { status: 200 }])(
    'that throws %j is a 500 without details',
    async (thrown) => {
      const answer = await call(
        served1(() => {
          throw thrown;
        }),
        create,
      );
      expect(answer).toMatchObject({ statusCode: 500, json: { code: 'internal' } });
      expect(Object.keys(answer.json)).toEqual(['type', 'title', 'status', 'instance', 'code']);
    },
  );

  const cycle: { self?: unknown } = {};
  cycle.self = cycle;
  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['a text', 'ok'],
    ['an undeclared status', { status: 200, body: {} }],
    ['no status', { body: {} }],
    ['no body where one is declared', { status: 201 }],
    ['a body that is no JSON', { status: 201, body: () => 1 }],
    ['a cycle', { status: 201, body: cycle }],
    ['a bigint', { status: 201, body: { title: 1n } }],
    ['an undeclared header', { status: 201, body: {}, headers: { 'X-Other': 'a' } }],
    ['a header that ends the headers', { status: 201, body: {}, headers: { Location: '/a\r\nSet-Cookie: a=b' } }],
    ['a header that is no text', { status: 201, body: {}, headers: { Location: 7 } }],
    ['more than Lambda can return', { status: 201, body: { title: 'x'.repeat(6_000_000) } }],
    ['headers that are none', { status: 201, body: {}, headers: 'a' }],
  ])('that answers %s is a 500', async (_what, answer) => {
    expect(
      await call(
        served1(() => answer),
        create,
      ),
    ).toMatchObject({ statusCode: 500, json: { code: 'internal' } });
  });

  it('that hangs is a 504 before Lambda ends the function', async () => {
    const hanging = served1(() => new Promise(() => undefined));
    const answer = await call(hanging, create, { getRemainingTimeInMillis: () => 400 });
    expect(answer).toMatchObject({ statusCode: 504, json: { code: 'timeout' } });
  });

  it('under the name of another route does not start', () => {
    const route = { ...api.routes.create };
    const contract = { id: route.id, sensitive: [] } as unknown as Parameters<
      typeof serve
    >[0]['routes'][number]['contract'];
    const handler = secure('open', () => ({ status: 204 }));
    expect(() =>
      serve({
        api: 'things',
        roles: {},
        exclusive: [],
        routes: [{ contract, validate: () => true, validateResponse: () => true, handler }],
      }),
    ).toThrow(/create/);
  });
});

describe('what is logged and counted', () => {
  const entriesOf = async (handler: LambdaHandler, request: TestRequest) =>
    (await linesOf(() => call(handler, request))).map((line) => JSON.parse(line) as Record<string, unknown>);
  beforeEach(() => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
  });

  it('names request, route, subject, status and latency', async () => {
    const entries = await entriesOf(serveApi(api, handlers), list);
    expect(entries.find(({ message }) => message === 'request')).toMatchObject({
      requestId: 'request-1',
      route: 'list',
      subject: 'user-1',
      status: 200,
      latencyMs: expect.any(Number),
    });
    const counted = entries.find(({ Requests }) => Requests === 1);
    expect(counted).toMatchObject({ api: 'things', route: 'list', Errors: 0, ClientErrors: 0 });
    expect(counted?.['_aws']).toMatchObject({
      CloudWatchMetrics: [{ Namespace: 'SecureApi', Dimensions: [['api', 'route']] }],
    });
  });

  it('forgets the caller of the request before', async () => {
    const handler = serveApi(api, handlers);
    await entriesOf(handler, list);
    const entries = await entriesOf(handler, { method: 'GET', resource: '/open' });
    expect(entries.find(({ message }) => message === 'request')).not.toHaveProperty('subject');
  });

  it('tells why a 500 happened, with secrets hidden', async () => {
    const token = `${Buffer.from('{"alg":"RS256"}').toString('base64url')}.eyJzdWIiOiJhIn0.c2ln`;
    const failing = served1(() => {
      throw new Error(`no luck with ${token} and 4111 1111 1111 1111`);
    });
    const entries = await entriesOf(failing, create);
    const text = JSON.stringify(entries);
    expect(text).toContain('no luck with [redacted] and [redacted]');
    expect(text).not.toContain(token);
    expect(entries.find(({ Errors }) => Errors === 1)).toBeDefined();
  });

  it('hides what a handler logs under the name of a secret', async () => {
    const logging = serveApi(api, [
      secure('me', ({ caller, log }) => {
        log.info('seen', { Authorization: 'Bearer x', nested: { api_key: 'k', refreshToken: 't', title: 'kept' } });
        return { status: 200, body: { subject: caller.subject } };
      }),
    ]);
    const entries = await entriesOf(logging, { method: 'GET', resource: '/me' });
    expect(entries.find(({ message }) => message === 'seen')).toMatchObject({
      Authorization: '[redacted]',
      nested: { api_key: '[redacted]', refreshToken: '[redacted]', title: 'kept' },
    });
  });
});
