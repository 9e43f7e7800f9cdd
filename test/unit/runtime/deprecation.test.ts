import { describe, expect, it } from 'vitest';
import { problem } from '../../../lambdas/runtime/index.ts';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import { type Api, defineApi, defineRoles, get } from '../../../lib/definition/index.ts';
import { call, serveApi, silenceTelemetry } from './support.ts';

const responses = { 204: { description: 'None', headers: { Link: 'Related notes' } } };
const api = defineApi({
  name: 'notes',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['note:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  routes: {
    old: get('/old', {
      permission: 'note:read',
      deprecated: { since: '2026-01-01', sunset: '2027-01-01', link: 'https://example.com/moved' },
      responses,
      problems: [404],
    }),
    unlinked: get('/unlinked', { permission: 'note:read', deprecated: { since: '2026-01-01' }, responses }),
    current: get('/current', { permission: 'note:read', responses }),
  },
}) as unknown as Api;
const DATES = { deprecation: '@1767225600', sunset: 'Fri, 01 Jan 2027 00:00:00 GMT' };
const LINKS =
  '<https://example.com/moved>; rel="deprecation"; type="text/html", <https://example.com/moved>; rel="sunset"; type="text/html"';

silenceTelemetry();

const respond = (route: string, fn: () => unknown, request: object = {}) =>
  call(serveApi(api, [{ route, fn } as RouteHandler]), { method: 'GET', resource: `/${route}`, ...request });

describe('a response of a deprecated route', () => {
  it('announces both dates and the page about them', async () => {
    const { headers } = await respond('old', () => ({ status: 204 }));
    expect(headers).toMatchObject({ ...DATES, link: LINKS });
  });

  it.each<readonly [string, number, () => unknown, object]>([
    [
      'a problem of the handler',
      404,
      () => {
        throw problem(404);
      },
      {},
    ],
    [
      'an error of the handler',
      500,
      () => {
        throw new Error('broken');
      },
      {},
    ],
    ['an undeclared response', 500, () => ({ status: 200 }), {}],
    ['an invalid request', 400, () => ({ status: 204 }), { query: { x: '1' } }],
    ['a caller without the permission', 403, () => ({ status: 204 }), { roles: '[]' }],
  ])('announces them for %s', async (_, status, fn, request) => {
    const { statusCode, headers } = await respond('old', fn, request);
    expect(statusCode).toBe(status);
    expect(headers).toMatchObject({ ...DATES, link: LINKS });
  });

  it('keeps the links of the handler', async () => {
    const own = '</notes/1>; rel="related"';
    const one = await respond('old', () => ({ status: 204, headers: { Link: own } }));
    expect(one.headers['link']).toBe(`${own}, ${LINKS}`);
    const two = await respond('old', () => ({ status: 204, headers: { link: [own, own] } }));
    expect(two.multiValueHeaders).toEqual({ link: [own, own, LINKS] });
    expect(two.headers).toMatchObject(DATES);
    expect(two.headers).not.toHaveProperty('link');
    const none = await respond('unlinked', () => ({ status: 204, headers: { Link: own } }));
    expect(none.headers).toMatchObject({ deprecation: DATES.deprecation, link: own });
  });

  it('has no sunset and no link where there is none', async () => {
    const { headers } = await respond('unlinked', () => ({ status: 204 }));
    expect(headers).toMatchObject({ deprecation: DATES.deprecation });
    expect(Object.keys(headers)).not.toEqual(expect.arrayContaining(['sunset']));
    expect(headers).not.toHaveProperty('link');
  });
});

it('a response of another route announces nothing', async () => {
  const { headers } = await respond('current', () => ({ status: 204 }));
  for (const name of ['deprecation', 'sunset', 'link']) expect(headers).not.toHaveProperty(name);
});
