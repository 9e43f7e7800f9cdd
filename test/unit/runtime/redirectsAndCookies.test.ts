import { afterEach, describe, expect, it, vi } from 'vitest';
import { handlersOf } from '../../../lambdas/runtime/index.ts';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import { type Api, defineApi, defineRoles, get } from '../../../lib/definition/index.ts';
import { readProxyResponse } from '../../../local/gateway/integration/proxyResponse.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, serveApi, silenceTelemetry } from './support.ts';

silenceTelemetry();

const shop = defineApi({
  name: 'shop',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['shop:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  routes: {
    go: get('/go', {
      public: 'for a test',
      responses: {
        303: { description: 'Go on', redirectTo: ['https://pay.example.com'] },
        304: { description: 'Current' },
        204: {
          description: 'Signed in',
          cookies: {
            '__Host-session': { description: 'Session', maxAgeSeconds: 600 },
            theme: { description: 'Theme', httpOnly: false, sameSite: 'Strict', path: '/app', domain: 'example.com' },
          },
        },
      },
    }),
  },
});
const secure = handlersOf<typeof shop>();
const send = (returned: object) =>
  call(serveApi(shop as unknown as Api, [{ route: 'go', fn: () => returned } as RouteHandler]), {
    method: 'GET',
    resource: '/go',
  });

describe('a redirect on a shared domain', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['/orders/1?a=b', '/shop/v1/orders/1?a=b'],
    ['/', '/shop/v1/'],
    ['https://pay.example.com/x', 'https://pay.example.com/x'],
  ])('to %s leads to %s: a path of the definition is below the base path', async (given, location) => {
    vi.stubEnv('SECURE_API_BASE_PATH', 'shop/v1');
    expect(await send({ status: 303, headers: { Location: given } })).toMatchObject({ headers: { location } });
  });

  it('leads to no other host', async () => {
    vi.stubEnv('SECURE_API_BASE_PATH', 'shop/v1');
    expect(await send({ status: 303, headers: { Location: '//evil.example' } })).toMatchObject({ statusCode: 500 });
  });
});

describe('a redirect', () => {
  it.each([
    '/',
    '/orders/1?a=b#c',
    '/orders/%0d%0a',
    '/?next=https://evil.example',
    'https://pay.example.com',
    'https://pay.example.com/checkout?id=1',
    'https://pay.example.com?x',
  ])('leads to %s', async (location) => {
    expect(await send({ status: 303, headers: { Location: location } })).toMatchObject({
      statusCode: 303,
      headers: { location },
      body: '',
    });
  });

  it.each([
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/a\r\nSet-Cookie: a=b',
    ' /a',
    'orders/1',
    '',
    '?a',
    'http://pay.example.com/',
    'HTTPS://pay.example.com/',
    'https:pay.example.com',
    'https:/pay.example.com',
    'https:///pay.example.com',
    'https://pay.example.com.evil.example/',
    'https://pay.example.com:444/',
    'https://pay.example.com@evil.example/',
    'https://user:x@pay.example.com/',
    'https://evil.example/https://pay.example.com',
    'https://evil.example#https://pay.example.com',
    'https://pay.example.com\\@evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    'https://pay.example.cóm',
    'https://xn--pay.example.com',
    ['/a', '/b'],
    [],
    undefined,
    null,
    7,
  ])('does not lead to %j', async (location) => {
    const lines = await linesOf(async () => {
      expect(await send({ status: 303, headers: { Location: location } })).toMatchObject({
        statusCode: 500,
        json: { code: 'internal' },
      });
    });
    expect(lines.join()).not.toContain('evil');
  });

  it('needs its Location', async () => {
    expect((await send({ status: 303 })).statusCode).toBe(500);
    expect((await send({ status: 303, headers: { Location: '/a' }, body: 'x' })).statusCode).toBe(500);
  });
});

describe('a response of status 304', () => {
  it('has the ETag and no body', async () => {
    expect(await send({ status: 304, headers: { ETag: '"1"' } })).toMatchObject({
      statusCode: 304,
      headers: { etag: '"1"' },
      body: '',
    });
    expect((await send({ status: 304 })).statusCode).toBe(500);
  });
});

describe('cookies of a response', () => {
  const lines = async (cookies: object) => {
    const { json: _json, ...result } = await send({ status: 204, cookies });
    const sent = readProxyResponse(result)?.headers ?? [];
    return [result.statusCode, ...sent.filter(([name]) => name === 'set-cookie').map(([, line]) => line)];
  };
  const SESSION = 'Path=/; Secure; HttpOnly; SameSite=Lax';

  it('have safe attributes, and weaker ones only where the definition says so', async () => {
    expect(await lines({ '__Host-session': 'abc', theme: 'dark' })).toEqual([
      204,
      `__Host-session=abc; ${SESSION}; Max-Age=600`,
      'theme=dark; Path=/app; Domain=example.com; Secure; SameSite=Strict',
    ]);
  });

  it('live for fewer seconds if the handler says so, are deleted by null, and left by undefined', async () => {
    expect(await lines({ '__Host-session': { value: 'abc', maxAgeSeconds: 60 } })).toEqual([
      204,
      `__Host-session=abc; ${SESSION}; Max-Age=60`,
    ]);
    expect(await lines({ '__Host-session': null })).toEqual([204, `__Host-session=; ${SESSION}; Max-Age=0`]);
    expect(await lines({ '__Host-session': undefined })).toEqual([204]);
    expect(await lines({})).toEqual([204]);
  });

  it.each([
    ...['a b', 'a;b', 'a; Domain=evil.example', 'a,b', 'a"b', 'a\\b', 'a\r\nX: y', 'é', '\0', 'a'.repeat(4_083)],
    ...[7, true, {}, [], { value: 7 }, { value: 'a', maxAgeSeconds: 601 }, { value: 'a', maxAgeSeconds: 0 }],
    ...[
      { value: 'a', maxAgeSeconds: 1.5 },
      { value: 'a', maxAgeSeconds: '60' },
      { value: 'a', maxAgeSeconds: null },
    ],
  ])('with the value %j are a 500', async (value) => {
    const logged = await linesOf(async () => expect(await lines({ '__Host-session': value })).toEqual([500]));
    expect(logged.join()).not.toContain('evil');
  });

  it.each([{ other: 'a' }, { theme: { value: 'a', maxAgeSeconds: 1 } }, [['theme', 'a']], new Map(), 'theme=a'])(
    'that are not declared are a 500: %j',
    async (cookies) => {
      expect(await lines(cookies as object)).toEqual([500]);
    },
  );

  it('are typed by the route', () => {
    secure('go', () => ({ status: 204, cookies: { theme: 'dark', '__Host-session': null } }));
    secure('go', () => ({ status: 303, headers: { Location: '/' } }));
    // @ts-expect-error a cookie that is not declared
    secure('go', () => ({ status: 204, cookies: { other: 'dark' } }));
    // @ts-expect-error a redirect without Location
    secure('go', () => ({ status: 303 }));
    // @ts-expect-error 304 without ETag
    secure('go', () => ({ status: 304 }));
    expect(shop.routes.go.responses.map(({ status }) => status)).toEqual([204, 303, 304]);
  });
});
