import { Type } from 'typebox';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { LambdaHandler } from '../../../lambdas/runtime/event.ts';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import { type Api, defineApi, defineRoles, get, object, post } from '../../../lib/definition/index.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, serveApi, type TestRequest } from './support.ts';

const text = (maxLength: number, more: object = {}) => Type.String({ maxLength, ...more });
const echo = { responses: { 200: { description: 'What was understood', body: object({ seen: Type.Unknown() }) } } };
const open = { type: 'object', 'x-unbounded': 'a test of the limits' } as const;

const api = defineApi({
  name: 'inputs',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['thing:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  input: { maxKeys: 5, maxArrayItems: 4, maxStringLength: 8, maxDepth: 4, maxHeaderBytes: 600, maxUrlBytes: 80 },
  routes: {
    plain: get('/plain', {
      permission: 'thing:read',
      query: object({ size: Type.Optional(Type.Integer()), name: Type.Optional(text(8)) }),
      headers: object({ 'x-mode': text(4) }),
      ...echo,
    }),
    silent: get('/silent', { permission: 'thing:read', responses: { 204: { description: 'Nothing' } } }),
    session: get('/session', {
      permission: 'thing:read',
      cookies: object({ sid: Type.String({ minLength: 2, maxLength: 8 }), n: Type.Optional(Type.Integer()) }),
      ...echo,
    }),
    add: post('/things', { permission: 'thing:read', body: open, ...echo }),
    write: post('/texts', {
      permission: 'thing:read',
      unicode: 'normalize',
      query: object({ q: Type.Optional(text(8)) }),
      body: object({ t: text(2), password: Type.Optional(text(8, { 'x-sensitive': true })) }),
      ...echo,
    }),
  },
});
const secure = handlersOf<typeof api>();
const handlers = [
  secure('plain', ({ query, headers }) => ({ status: 200, body: { seen: { query, headers } } })),
  secure('silent', () => ({ status: 204 })),
  secure('session', ({ cookies }) => ({ status: 200, body: { seen: cookies } })),
  secure('add', () => ({ status: 200, body: { seen: null } })),
  secure('write', ({ body, query, log }) => {
    log.info('seen', { body, note: body.password });
    return { status: 200, body: { seen: { body, query } } };
  }),
];

let served: LambdaHandler;
beforeEach(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
  vi.stubEnv('POWERTOOLS_METRICS_NAMESPACE', 'SecureApi');
  served = serveApi(api as unknown as Api, handlers);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

const plain: TestRequest = { method: 'GET', resource: '/plain', headers: { 'X-Mode': 'fast' } };
const session: TestRequest = { method: 'GET', resource: '/session' };
const add = (body: unknown): TestRequest => ({ method: 'POST', resource: '/things', body });
const write = (body: unknown, query?: Record<string, string>): TestRequest => ({
  method: 'POST',
  resource: '/texts',
  body,
  query,
});
const outcome = async (request: TestRequest) => {
  const { statusCode, json } = await call(served, request);
  const errors = (json['errors'] ?? []) as readonly Record<string, string>[];
  return [
    statusCode,
    json['code'],
    ...errors.map(({ pointer, parameter, header, code }) => `${pointer ?? parameter ?? header} ${code}`),
  ];
};

describe('what a client accepts', () => {
  it.each([
    undefined,
    '*/*',
    'application/json',
    'application/*;q=0.1',
    'APPLICATION/JSON ; q=1.000',
    'text/html, application/xml;q=0.9, */*;q=0.8',
    'text/html, application/json;charset=utf-8',
  ])('is JSON: %s', async (accept) => {
    const headers = { ...plain.headers, ...(accept === undefined ? {} : { Accept: accept }) };
    expect(await outcome({ ...plain, headers })).toEqual([200, undefined]);
  });

  it.each([
    'text/html',
    'application/xml, text/*',
    'application/json;q=0',
    '*/*, application/json;q=0',
    'application/*;q=0, */*',
    'application/json;q=2',
    'json',
    ';;',
  ])('is not JSON: %s', async (accept) => {
    expect(await outcome({ ...plain, headers: { ...plain.headers, Accept: accept } })).toEqual([406, 'not-acceptable']);
  });

  it('matters only where there is something to answer', async () => {
    expect(await outcome({ method: 'GET', resource: '/silent', headers: { Accept: 'text/html' } })).toEqual([
      204,
      undefined,
    ]);
  });
});

describe('cookies', () => {
  const withCookie = (cookie: string | readonly string[]): TestRequest => ({ ...session, headers: { Cookie: cookie } });

  it('are rejected by a route that declares none', async () => {
    expect(await outcome({ ...plain, headers: { ...plain.headers, Cookie: 'sid=abc' } })).toEqual([
      400,
      'invalid-request',
      'cookie unexpected',
    ]);
  });

  it('reach the handler as values when they are declared', async () => {
    expect((await call(served, withCookie('sid=abc; n=5'))).json['seen']).toEqual({ sid: 'abc', n: 5 });
    expect((await call(served, withCookie(['sid="abc"', 'n=5']))).json['seen']).toEqual({ sid: 'abc', n: 5 });
  });

  it.each([
    ['sid=a', ['cookie too-short']],
    ['sid=abc; n=1e3', ['cookie type']],
    ['sid=abc; other=1', ['cookie unknown']],
    ['sid=abc; sid=abd', ['cookie repeated']],
    ['sid=abc;', ['cookie malformed']],
    ['sid', ['cookie malformed', 'cookie required']],
    ['sid="abc', ['cookie malformed', 'cookie required']],
    ['sid=a b', ['cookie malformed', 'cookie required']],
  ])('are rejected as %s', async (cookie, faults) => {
    const [status, , ...errors] = await outcome(withCookie(cookie));
    expect(status).toBe(400);
    expect(errors[0]).toBe(faults[0]);
  });

  it('are told when they are missing', async () => {
    expect(await outcome(session)).toEqual([400, 'invalid-request', 'cookie required']);
  });
});

describe('the limits of a request', () => {
  it('hold for its address and its headers, before anything is read', async () => {
    expect(await outcome({ ...plain, query: { name: 'x'.repeat(80) } })).toEqual([414, 'uri-too-long']);
    const headers = { ...plain.headers, 'X-Other': 'x'.repeat(600) };
    expect(await outcome({ ...plain, headers, authorizer: null })).toEqual([431, 'headers-too-large']);
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, i) => [`x-${i}`, 'abcdef']));
    expect(await outcome({ ...plain, headers: { ...plain.headers, ...many } })).toEqual([431, 'headers-too-large']);
  });

  it.each<readonly [string, unknown, readonly unknown[]]>([
    ['all that is allowed', { a: { b: { c: ['12345678', 1, 2, 3] } }, d: 1 }, [200, undefined]],
    ['levels', { a: [[[1]]] }, [200, undefined]],
    ['one level more', { a: [[[[]]]] }, [400, 'malformed-json']],
    ['one name more', { a: { b: 1, c: 2 }, d: [{ e: 1 }, { f: 1 }] }, [400, 'invalid-request', ' too-many']],
    ['one item more', { a: { b: [1, 2, 3, 4, 5] } }, [400, 'invalid-request', '/a/b too-many']],
    ['one character more', { 'x/y': ['123456789'] }, [400, 'invalid-request', '/x~1y/0 too-long']],
    ['a longer name', { '123456789': 1 }, [400, 'invalid-request', ' too-long']],
    ['eight characters of two units each', { a: '😀'.repeat(8) }, [200, undefined]],
  ])('hold for the body, whatever its schema leaves open: %s', async (_what, body, expected) => {
    expect(await outcome(add(body))).toEqual(expected);
  });

  it('refuse a body that was not UTF-8 when the gateway decoded it', async () => {
    expect(await outcome({ ...add(undefined), raw: '{"a":"\ufffd"}' })).toEqual([400, 'malformed-json']);
    // Said with an escape it is a character like another, which open values may not hold either.
    expect((await outcome({ ...add(undefined), raw: '{"a":"\\ufffd"}' }))[1]).toBe('invalid-request');
  });
});

describe('text that is not normalized', () => {
  it('is rejected by default', async () => {
    expect(await outcome({ ...plain, query: { name: 'e\u0301' } })).toEqual([400, 'invalid-request', 'name text']);
  });

  it('is normalized where the route says so, before it is inspected', async () => {
    const { json } = await call(served, write({ t: 'e\u0301e\u0301' }, { q: 'A\u030a' }));
    expect(json['seen']).toEqual({ body: { t: 'éé' }, query: { q: 'Å' } });
    expect(await outcome(write({ t: 'eee' }))).toEqual([400, 'invalid-request', '/t too-long']);
    expect(await outcome(write({ t: '\u202e' }))).toEqual([400, 'invalid-request', '/t text']);
  });
});

describe('faults', () => {
  it('of parameters, headers and body are told together, each place once', async () => {
    const request = {
      ...write({ t: 'long', more: 1 }),
      query: { q: ['a', 'b'], other: '1' },
      headers: { Cookie: 'a=b' },
    };
    expect((await outcome(request)).slice(2).sort()).toEqual(
      ['/more unknown', '/t too-long', 'cookie unexpected', 'other unknown', 'q repeated'].sort(),
    );
    const bad = { ...plain, query: { size: '1e3' }, headers: {} };
    expect(await outcome(bad)).toEqual([400, 'invalid-request', 'size type', 'x-mode required']);
  });
});

describe('what is marked sensitive', () => {
  it('is hidden in logs under its name, in whatever spelling', async () => {
    vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO');
    const pin = defineApi({
      ...api,
      routes: {
        write: post('/texts', {
          permission: 'thing:read',
          body: object({ familyName: text(8, { 'x-sensitive': true }) }),
          ...echo,
        }),
      },
    } as never) as Api;
    const logging = {
      route: 'write',
      fn: ({ body, log }: { body: Record<string, unknown>; log: { info(message: string, data: object): void } }) => {
        log.info('seen', { body, family_name: 'Smith', other: [{ 'Family-Name': 'Smith', kept: 'yes' }] });
        return { status: 200, body: { seen: null } };
      },
    };
    const lines = await linesOf(() => call(serveApi(pin, [logging]), write({ familyName: 'Smith' })));
    expect(lines.join('\n')).not.toContain('Smith');
    expect(lines.join('\n')).toContain('"kept":"yes"');
  });
});
