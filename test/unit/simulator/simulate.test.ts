import { describe, expect, it } from 'vitest';
import { enforcedLimits } from '../../../lib/limits/index.ts';
import { costOf, PRICES, simulate } from '../../../lib/simulator/index.ts';
import type { Trial } from '../../../lib/simulator/simulate.ts';
import { assignTiers } from '../../../lib/simulator/simulate.ts';
import { createTraffic, type Pattern } from '../../../lib/simulator/traffic.ts';
import { cli } from '../../support/gateway.ts';
import { smallApi } from '../../synth/support.ts';

const api = smallApi();
const trial = (rest: Partial<Trial> = {}): Trial => ({
  limits: enforcedLimits(api),
  pattern: 'steady',
  rps: 50,
  seconds: 20,
  clients: 1,
  weights: [1, 0],
  addresses: 1,
  keys: 'tier',
  isPublic: false,
  authorizerCacheSeconds: 60,
  startMs: 0,
  ...rest,
});

describe('a simulation', () => {
  it('serves a client at five times its rate its burst and its rate × time, and throttles the rest', () => {
    const { total, groups } = simulate(trial());
    expect(total.sent).toBe(1000);
    // 20 at once and 10 a second; one more or less at either end.
    expect(Math.abs(total.served - (20 + 10 * 20))).toBeLessThanOrEqual(1);
    expect(total.rate).toBe(total.sent - total.served);
    expect(groups.map(({ name }) => name)).toEqual(['free']);
  });

  it('spends a quota and no more, and reports when it ran out', () => {
    const { total, groups } = simulate(trial({ rps: 10, seconds: 200 }));
    expect([total.served, total.quota, total.rate]).toEqual([1000, 1000, 0]);
    expect(groups[0]?.firstRejectedSeconds).toBe(100);
  });

  it('resets a daily quota at midnight UTC', () => {
    const startMs = Date.UTC(2026, 10, 25, 23, 59, 0);
    const { total } = simulate(trial({ rps: 10, seconds: 200, startMs }));
    // 600 before midnight, 1,000 after it.
    expect([total.served, total.quota]).toEqual([1600, 400]);
  });

  it('protects clients with own keys from a flood', () => {
    const flood = { pattern: 'flood' as const, rps: 400, clients: 5, addresses: 5, weights: [1, 1] };
    const own = simulate(trial({ ...flood, keys: 'client' }));
    const shared = simulate(trial({ ...flood, keys: 'tier' }));
    const free = (result: typeof own) => result.groups.find(({ name }) => name === 'free');
    expect(own.total.sent - own.total.served).toBe((own.flooder?.sent ?? 0) - (own.flooder?.served ?? 0));
    expect(free(shared)?.served).toBeLessThan(free(own)?.served ?? 0);
  });

  it('counts no plan and calls no authorizer on a public route', () => {
    const { total, groups, authorizerCalls } = simulate(trial({ isPublic: true, weights: [], rps: 100 }));
    expect([total.served, authorizerCalls]).toEqual([2000, 0]);
    expect(groups.map(({ name }) => name)).toEqual(['public']);
  });

  it('calls the authorizer once for each token and cache period', () => {
    const calls = (authorizerCacheSeconds: number) =>
      simulate(trial({ rps: 4, clients: 4, addresses: 4, seconds: 120, authorizerCacheSeconds })).authorizerCalls;
    expect([calls(60), calls(0)]).toEqual([8, 480]);
  });

  it('costs what the list prices say', () => {
    const result = simulate(trial({ rps: 10, seconds: 100, authorizerCacheSeconds: 0 }));
    const cost = costOf(result, { handlerMs: 100, handlerMemoryMb: 512, wafRules: 4 }, PRICES['us-east-1']);
    expect(cost.api).toBeCloseTo(1000 * 3.5e-6, 9);
    expect(cost.waf).toBeCloseTo(1000 * 0.6e-6, 9);
    expect(cost.lambda).toBeCloseTo(1000 * (0.4e-6 + (0.05 + 0.00125) * 0.0000133334), 9);
    expect(cost.monthFixed).toBe(9);
  });
});

describe('clients and traffic', () => {
  it('mixes tiers by weight', () => {
    const tiers = assignTiers(100, [9, 1]);
    for (let from = 0; from < 100; from += 10) {
      expect([...tiers.subarray(from, from + 10)].filter((tier) => tier === 1)).toHaveLength(1);
    }
  });

  it.each<Pattern>(['steady', 'burst', 'flood'])('%s sends the requested number, in the order of time', (pattern) => {
    const traffic = createTraffic(pattern, 30, 4);
    const times = Array.from({ length: 900 }, (_, n) => traffic.timeMs(n));
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times.at(-1)).toBeLessThan(30_000);
    expect(traffic.timeMs(900)).toBe(30_000);
    expect(new Set(times.map((_, n) => traffic.client(n)))).toEqual(new Set([0, 1, 2, 3]));
  });
});

describe('secure-api simulate', () => {
  it('prints the result of each tier, and the same as JSON', async () => {
    const args = ['simulate', '--rps', '200', '--clients', '20', '--tier', 'free=4', 'premium'];
    const [text, json] = [await cli(args), await cli([...args, '--json'])];
    expect(text.stdout).toMatch(/^free +16 +9,600 /m);
    expect(text.stdout).toMatch(/this run +\$/);
    const { result, cost } = JSON.parse(json.stdout);
    expect(result.groups.map(({ name, clients }: { name: string; clients: number }) => [name, clients])).toEqual([
      ['free', 16],
      ['premium', 4],
    ]);
    expect(cost.run).toBeGreaterThan(0);
  });

  it.each([
    ['an unknown tier', ['--tier', 'gold'], /option-invalid at --tier.*free, premium/],
    ['an unknown route', ['--route', 'nowhere'], /option-invalid at --route/],
    ['fewer clients than tiers', ['--clients', '1'], /option-invalid at --clients/],
    ['more requests than a simulation can have', ['--seconds', '2678400', '--rps', '1000'], /at most 500000000/],
    ['an unknown pattern', ['--pattern', 'storm'], /steady, burst, flood/],
  ])('rejects %s', async (_, args, message) => {
    const result = await cli(['simulate', '--rps', '10', '--clients', '2', ...args]);
    expect(result.stderr).toMatch(message);
    expect([result.code, result.stdout]).toEqual([2, '']);
  });
});
