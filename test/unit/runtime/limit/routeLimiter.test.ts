import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type CallerLimit, handlersOf, problem } from '../../../../lambdas/runtime/index.ts';
import { instanceCounts } from '../../../../lambdas/runtime/limit/instanceCounts.ts';
import { exactLimiter } from '../../../../lambdas/runtime/limit/limiter.ts';
import type { SharedCounts } from '../../../../lambdas/runtime/limit/sharedCounts.ts';
import type { WindowState } from '../../../../lambdas/runtime/limit/slidingWindow.ts';
import { type Api, defineApi, defineRoles, get, post } from '../../../../lib/definition/index.ts';
import { routeLimits } from '../../../../lib/limits/index.ts';
import { call, serveApi, type TestRequest } from '../support.ts';

const quota = { requests: 1_000, per: 'WEEK' } as const;
const ok = { responses: { 200: { description: 'Fine' } } } as const;
const shop = defineApi(
  {
    name: 'shop',
    version: '1.0.0',
    roles: defineRoles({ viewer: { can: ['order:read'] } }, { reviewed: '2026-11-01' }),
    tiers: {
      free: { rate: 0.1, burst: 2, quota, exact: { requests: 3, perSeconds: 60 } },
      strict: { rate: 5, burst: 9, quota, exact: { requests: 3, perSeconds: 60, onUnavailable: 'reject' } },
      user: { rate: 5, burst: 9, quota, exact: { requests: 2, perSeconds: 60, by: 'user' } },
      open: { rate: 5, burst: 9, quota },
    },
    anonymous: { rate: 5, burst: 5, exact: { requests: 2, perSeconds: 60 } },
    routes: {
      list: get('/orders', { permission: 'order:read', ...ok }),
      costly: get('/orders/all', {
        permission: 'order:read',
        limits: { free: { rate: 1, burst: 1, exact: true } },
        ...ok,
      }),
      status: get('/status', { public: 'liveness probe', ...ok }),
      fail: post('/orders/fail', { permission: 'order:read', problems: [409], ...ok }),
    },
  },
  { today: new Date('2026-11-10T00:00:00Z') },
);
const secure = handlersOf<typeof shop>();
const received: (readonly CallerLimit[])[] = [];
const done = { status: 200 } as const;
const handlers = [
  secure('list', ({ limits }) => {
    received.push(limits);
    return done;
  }),
  secure('costly', () => done),
  secure('status', () => done),
  secure('fail', () => {
    throw problem(409);
  }),
];

/** Counts in memory instead of a table, which can be down. */
function countsOf(ids: string[], isDown = false): SharedCounts {
  const own = instanceCounts();
  const states = new Map<string, WindowState>();
  return {
    peek: (id) => states.get(id),
    take: async (id, rule, { nowMs }) => {
      if (isDown) throw new Error('down');
      ids.push(id);
      const result = own.take(id, rule, nowMs);
      states.set(id, result.state);
      return result;
    },
  };
}

function served(isDown = false) {
  const ids: string[] = [];
  const handler = serveApi(shop as unknown as Api, handlers, {
    limiter: (env) => exactLimiter(env, { counts: countsOf(ids, isDown) }),
  });
  const send = (resource: string, tier: string, rest: Partial<TestRequest> & { readonly who?: object } = {}) =>
    call(handler, { method: 'GET', resource, authorizer: { tier, ...rest.who }, ...rest });
  return { send, ids };
}

beforeAll(() => {
  vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
  vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
});
afterAll(() => {
  vi.unstubAllEnvs();
});

describe('an exact limit of a tier', () => {
  it('allows its requests over all routes together, then returns 429 with what a client needs to know', async () => {
    const { send } = served();
    const first = await send('/orders', 'free');
    expect(first.headers).toMatchObject({
      'ratelimit-policy': '"free";q=3;w=60, "rate";q=1;w=10, "quota";q=1000;w=604800',
      ratelimit: expect.stringMatching(/^"free";r=2;t=\d+$/),
    });
    await send('/orders', 'free');
    await send('/orders', 'free');
    const rejected = await send('/orders', 'free');
    expect(rejected.statusCode).toBe(429);
    expect(rejected.json).toMatchObject({
      type: 'https://secure-api.dev/errors/throttled',
      code: 'throttled',
      detail: 'The limit of requests is reached.',
    });
    expect(rejected.headers['ratelimit']).toMatch(/^"free";r=0;t=\d+$/);
    const seconds = Number(rejected.headers['retry-after']);
    expect(seconds).toBeGreaterThan(54);
    expect(seconds).toBeLessThanOrEqual(66);
    expect(rejected.headers['ratelimit']).toBe(`"free";r=0;t=${seconds}`);
  });

  it('counts each client apart over all its tokens, or each user where declared, and stores no names', async () => {
    const { send, ids } = served();
    await send('/orders', 'free', { who: { client: 'a', subject: 'one' } });
    await send('/orders', 'free', { who: { client: 'a', subject: 'two' } });
    await send('/orders', 'free', { who: { client: 'b', subject: 'one' } });
    await send('/orders', 'free', { who: { client: '', subject: 'one' } });
    await send('/orders', 'user', { who: { client: 'a', subject: 'two' } });
    await send('/orders', 'user', { who: { client: 'b', subject: 'two' } });
    const [a1, a2, b, none, user1, user2] = ids;
    expect([a1 === a2, user1 === user2]).toEqual([true, true]);
    expect(new Set([a1, b, none, user1]).size).toBe(4);
    for (const id of ids) expect(id).toMatch(/^(free|user)#[A-Za-z0-9_-]{43}$/);
  });

  it('is replaced by the limit of a route, which has its own count', async () => {
    const { send, ids } = served();
    const { headers } = await send('/orders/all', 'free');
    expect(headers['ratelimit-policy']).toMatch(/^"free-costly";q=60;w=60, "rate";q=1;w=1, /);
    expect(ids[0]).toMatch(/^free-costly#/);
  });

  it('does not count a request that is rejected before, and returns what remains only where that is known', async () => {
    const { send, ids } = served();
    const invalid = await send('/orders', 'free', { query: { unknown: '1' } });
    expect([invalid.statusCode, ids]).toEqual([400, []]);
    expect(invalid.headers['ratelimit-policy']).toMatch(/^"free";q=3;w=60, /);
    expect(invalid.headers).not.toHaveProperty('ratelimit');
    const anonymous = await send('/orders', 'free', { authorizer: null });
    expect(anonymous.statusCode).toBe(401);
    expect(anonymous.headers).not.toHaveProperty('ratelimit-policy');
    expect((await send('/orders/fail', 'free', { method: 'POST' })).headers['ratelimit']).toMatch(/r=2/);
    const again = await send('/orders', 'free', { query: { unknown: '1' } });
    expect(again.headers['ratelimit']).toMatch(/^"free";r=2;t=\d+$/);
  });

  it('is passed to the handler', async () => {
    received.length = 0;
    const { send } = served();
    await send('/orders', 'free');
    await send('/orders', 'open');
    expect(received[0]?.[0]).toEqual({
      name: 'free',
      requests: 3,
      perSeconds: 60,
      remaining: 2,
      resetSeconds: expect.any(Number),
    });
    expect(received[1]?.map(({ name }) => name)).toEqual(['rate', 'quota']);
  });
});

describe('an exact limit of public routes', () => {
  it('counts addresses', async () => {
    const { send } = served();
    const from = async (address: string) => (await send('/status', '', { authorizer: null, address })).statusCode;
    expect([await from('192.0.2.1'), await from('192.0.2.1'), await from('192.0.2.1')]).toEqual([200, 200, 429]);
    expect(await from('192.0.2.2')).toBe(200);
  });
});

describe('without its table', () => {
  it('each instance counts on its own, or requests are rejected with 503, as declared', async () => {
    const { send } = served(true);
    const statuses = async (tier: string) => {
      const statusCodes = [];
      for (let n = 0; n < 4; n += 1) statusCodes.push((await send('/orders', tier)).statusCode);
      return statusCodes;
    };
    expect(await statuses('free')).toEqual([200, 200, 200, 429]);
    expect(await statuses('strict')).toEqual([503, 503, 503, 503]);
    const rejected = await send('/orders', 'strict');
    expect(rejected.headers['retry-after']).toBe('1');
    expect(rejected.headers).not.toHaveProperty('ratelimit');
    expect(rejected.json).toMatchObject({ code: 'service-unavailable' });
  });
});

describe('the limits of a route', () => {
  it('are the rate over a minute where the exact limit is just `true`', () => {
    const costly = shop.routes.costly;
    expect(routeLimits(shop as unknown as Api, costly).exact['free']).toEqual({
      name: 'free-costly',
      requests: 60,
      perSeconds: 60,
      by: 'client',
      onUnavailable: 'count-alone',
      lease: 1,
      delayMs: 0,
    });
  });
});

it.each([
  [10, { requests: 10, perSeconds: 1 }],
  [2.5, { requests: 5, perSeconds: 2 }],
  [0.3, { requests: 3, perSeconds: 10 }],
  [0.1, { requests: 1, perSeconds: 10 }],
  [0.333, { requests: 333, perSeconds: 1_000 }],
  [1 / 3, { requests: 1, perSeconds: 3 }],
  [Math.PI / 100, { requests: 113, perSeconds: 3_600 }],
])('a rate of %d a second is advertised in whole numbers of the same ratio', (rate, advertised) => {
  const { costly } = shop.routes as unknown as Api['routes'];
  const { free } = shop.tiers as unknown as Api['tiers'];
  if (costly === undefined || free === undefined) return expect.fail('no such route or tier');
  const api = { ...shop, tiers: { free: { ...free, rate } } } as unknown as Api;
  const { policies } = routeLimits(api, { ...costly, limits: {} });
  expect(policies['free']?.[0]).toEqual({ name: 'rate', ...advertised });
});
