import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import { type Api, defineApi, defineRoles, get } from '../../../lib/definition/index.ts';
import { readProxyResponse } from '../../../local/gateway/integration/proxyResponse.ts';
import { linesOf } from '../authorizer/support/authorizer.ts';
import { call, serveApi, silenceTelemetry } from './support.ts';

silenceTelemetry();
beforeEach(() => vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'INFO'));

const DECLARED = ['X-Part', 'Link', 'Vary', 'Cache-Control', 'X-Content-Type-Options'];
const api = defineApi({
  name: 'headers',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['thing:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  routes: {
    cookies: get('/cookies', {
      public: 'for the test of response headers',
      responses: {
        204: { description: 'Headers', headers: Object.fromEntries(DECLARED.map((name) => [name, 'Declared'])) },
      },
    }),
  },
}) as unknown as Api;

const respondWith = (headers: unknown) =>
  call(serveApi(api, [{ route: 'cookies', fn: () => ({ status: 204, headers }) } as RouteHandler]), {
    method: 'GET',
    resource: '/cookies',
  });

/** The header lines that a client gets from the gateway, in lower case and in order. */
async function sent(headers: unknown, name: string): Promise<readonly string[]> {
  const { json: _json, ...result } = await respondWith(headers);
  expect(result.statusCode).toBe(204);
  const response = readProxyResponse(result);
  return (response?.headers ?? []).filter(([key]) => key.toLowerCase() === name).map(([, value]) => String(value));
}

describe('a header with a list of values', () => {
  it.each(DECLARED)('%s is sent once for each, in order', async (name) => {
    const values = ['b=2; Path=/', 'a=1', 'b=2; Path=/'];
    for (const spelled of [name, name.toLowerCase(), name.toUpperCase()]) {
      expect(await sent({ [spelled]: values }, name.toLowerCase())).toEqual(values);
    }
  });

  it('replaces the value that the runtime sends', async () => {
    expect(await sent({ 'Cache-Control': ['private', 'max-age=60'] }, 'cache-control')).toEqual([
      'private',
      'max-age=60',
    ]);
    expect(await sent({ 'cache-control': 'max-age=60' }, 'cache-control')).toEqual(['max-age=60']);
  });

  it('leaves the other headers as they are', async () => {
    const headers = { 'X-Part': ['a=1', 'b=2'], Vary: 'Accept' };
    expect(await sent(headers, 'vary')).toEqual(['Accept']);
    expect(await sent(headers, 'strict-transport-security')).toHaveLength(1);
    expect(await sent(headers, 'cache-control')).toEqual(['no-store']);
  });

  it.each([[[]], [undefined]])('that is %j is not sent', async (none) => {
    expect(await sent({ 'X-Part': none }, 'x-part')).toEqual([]);
  });
});

const BAD_VALUES: readonly unknown[] = [
  ...['a\r\nb: c', 'a\nb', 'a\rb', 'a\0b', 'é', '\u2028', '\x7f', 7, null, true, 1n, {}, [], Symbol('s')].map((bad) => [
    'a=1',
    bad,
  ]),
  ...['a\r\nb: c', 'a\0', 'é', 7, null, true, 1n, {}, new Date(0), new Set(['a'])],
];

describe('a wrong header is a 500 whose log names header and rule, never the value', () => {
  const reasonOf = async (headers: unknown) => {
    let response: Awaited<ReturnType<typeof call>> | undefined;
    const lines = await linesOf(async () => {
      response = await respondWith(headers);
    });
    expect(response).toMatchObject({ statusCode: 500, json: { code: 'internal' } });
    return lines.find((line) => line.includes('request failed'));
  };

  it.each(BAD_VALUES.map((value, index) => [index, value] as const))('value %i', async (_index, value) => {
    expect(await reasonOf({ 'X-Part': value })).toMatch(/value of x-part that is neither printable ASCII nor a list/);
  });

  it('an undeclared header', async () => {
    expect(await reasonOf({ 'X-Other': 'SECRET' })).toMatch(/header X-Other, which is not declared/);
    expect(await reasonOf({ 'x-Session': ['SECRET'] })).not.toContain('SECRET');
    expect(await reasonOf({ 'a\r\nb SECRET': 'a' })).not.toContain('SECRET');
  });

  it('one header in two spellings', async () => {
    expect(await reasonOf({ 'X-Part': 'a=1', 'x-part': ['b=2'] })).toMatch(/header x-part twice/);
  });

  it.each([
    ['a map', new Map([['X-Part', 'a=1']])],
    ['headers of fetch', new Headers({ 'X-Part': 'a=1' })],
    ['a list of pairs', [['X-Part', 'a=1']]],
    ['a string', 'X-Part: a=1'],
    ['a function', () => ({})],
  ])('%s instead of an object: nothing is dropped in silence', async (_what, headers) => {
    expect(await reasonOf(headers)).toMatch(/headers that are no plain object/);
  });
});
