import { describe, expect, it } from 'vitest';
import { callerLimits } from '../../../../lambdas/runtime/limit/callerLimits.ts';
import type { CounterTable } from '../../../../lambdas/runtime/limit/counterTable.ts';
import { instanceCounts } from '../../../../lambdas/runtime/limit/instanceCounts.ts';
import { leasedCounts } from '../../../../lambdas/runtime/limit/leasedCounts.ts';
import { exactLimiter } from '../../../../lambdas/runtime/limit/limiter.ts';
import { rateLimitHeaders } from '../../../../lambdas/runtime/limit/rateLimitHeaders.ts';
import { type SharedCounts, sharedCounts } from '../../../../lambdas/runtime/limit/sharedCounts.ts';
import { advanced, EMPTY, msUntilMore, remainingIn } from '../../../../lambdas/runtime/limit/slidingWindow.ts';
import { rule } from '../../../support/exactLimits.ts';

/** A slice of this window is a second. */
const tenSeconds = rule({ requests: 5, perSeconds: 10, lease: 3 });

/** Counts in memory; `took` has what each call asked for. */
function memoryCounts() {
  const took: number[] = [];
  let state = EMPTY;
  const counts: SharedCounts = {
    peek: () => (took.length === 0 ? undefined : state),
    take: async (_, limit, request) => {
      took.push(request.count);
      await Promise.resolve();
      if (remainingIn(state, limit, request.nowMs) < request.count) return { taken: false, state };
      state = advanced(state, limit, request);
      return { taken: true, state };
    },
  };
  return { counts, took };
}

describe('a lease', () => {
  it('is taken by one write, and used request by request', async () => {
    const { counts, took } = memoryCounts();
    const leases = leasedCounts(counts);
    expect(leases.left('a')).toBe(0);
    const results = [];
    for (let n = 0; n < 3; n += 1) results.push(await leases.take('a', tenSeconds, 0));
    expect(results.map(({ taken, left, state }) => [taken, left, state.total])).toEqual([
      [true, 2, 3],
      [true, 1, 3],
      [true, 0, 3],
    ]);
    expect([took, leases.left('a')]).toEqual([[3], 0]);
  });

  it('is one request where less than a lease is left, and none where nothing is', async () => {
    const { counts, took } = memoryCounts();
    const leases = leasedCounts(counts);
    const results = [];
    for (let n = 0; n < 6; n += 1) results.push(await leases.take('a', tenSeconds, 0));
    expect(results.map(({ taken, left }) => [taken, left])).toEqual([
      [true, 2],
      [true, 1],
      [true, 0],
      [true, 0],
      [true, 0],
      [false, 0],
    ]);
    expect(took).toEqual([3, 3, 1, 3, 1, 3, 1]);
  });

  it('ends with the slice of time in which it was taken', async () => {
    const { counts, took } = memoryCounts();
    const leases = leasedCounts(counts);
    await leases.take('a', tenSeconds, 999);
    expect(leases.left('a')).toBe(2);
    expect(await leases.take('a', tenSeconds, 1_000)).toMatchObject({ taken: true, left: 0 });
    expect([took, leases.left('a')]).toEqual([[3, 3, 1], 0]);
  });

  it('is fetched once for requests that come at once, and again if that failed', async () => {
    const { counts, took } = memoryCounts();
    const leases = leasedCounts(counts);
    const both = await Promise.all([1, 2, 3].map(() => leases.take('a', tenSeconds, 0)));
    expect([both.map(({ taken }) => taken), took]).toEqual([[true, true, true], [3]]);
    let calls = 0;
    const failing = leasedCounts({
      peek: () => undefined,
      take: async (...call) => {
        calls += 1;
        if (calls === 1) throw new Error('slow');
        return counts.take(...call);
      },
    });
    const outcomes = await Promise.allSettled([1, 2].map(() => failing.take('b', tenSeconds, 20_000)));
    expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
  });

  it('of one request is no lease', async () => {
    const { counts, took } = memoryCounts();
    const leases = leasedCounts(counts);
    const single = rule({ requests: 2, perSeconds: 10 });
    const results = [];
    for (let n = 0; n < 3; n += 1) results.push(await leases.take('a', single, 0));
    expect(results.map(({ taken, left }) => [taken, left])).toEqual([
      [true, 0],
      [true, 0],
      [false, 0],
    ]);
    expect(took).toEqual([1, 1, 1]);
  });
});

describe('a window', () => {
  it('holds the requests of its ten slices and of the one that it has half left', () => {
    const at = (slice: number) => ({ nowMs: slice * 1_000, count: 1 });
    const state = [0, 0, 3, 7].reduce((before, slice) => advanced(before, tenSeconds, at(slice)), EMPTY);
    const left = (slice: number) => remainingIn(state, tenSeconds, slice * 1_000);
    expect([7, 10, 11, 13, 14, 17, 18].map(left)).toEqual([1, 1, 3, 3, 4, 4, 5]);
    expect([7, 10, 11, 18].map((slice) => msUntilMore(state, tenSeconds, slice * 1_000))).toEqual([
      4_000, 1_000, 3_000, 0,
    ]);
  });

  it('forgets the marks that no window needs, and only those', () => {
    const first = advanced(EMPTY, tenSeconds, { nowMs: 0, count: 1 });
    const marks = (slice: number) => [...advanced(first, tenSeconds, { nowMs: slice * 1_000, count: 1 }).marks.keys()];
    expect([marks(0), marks(20), marks(21)]).toEqual([[0], [0, 20], [21]]);
  });
});

describe('counts of one instance', () => {
  it('forget the counter that was used least recently, beyond five thousand', () => {
    const counts = instanceCounts();
    const one = rule({ requests: 2, perSeconds: 10 });
    const take = (id: string) => counts.take(id, one, 0).taken;
    for (const id of ['old', 'used']) take(id);
    for (let n = 0; n < 4_998; n += 1) take(`${n}`);
    expect([take('used'), take('used')]).toEqual([true, false]);
    expect(take('new')).toBe(true);
    // The counter of `old` starts anew, so two requests are allowed again.
    expect([take('old'), take('old'), take('old')]).toEqual([true, true, false]);
  });
});

describe('counts that instances share', () => {
  it('read a counter once, forget it when the table did, and give up after two tries', async () => {
    const calls: string[] = [];
    const items: (Record<string, { N?: string; S?: string }> | undefined)[] = [];
    const table: CounterTable = {
      get: async () => {
        calls.push('get');
        return items.shift();
      },
      update: async () => {
        calls.push('update');
        return undefined;
      },
    } as CounterTable;
    const counts = sharedCounts(table);
    expect(await counts.take('a', tenSeconds, { count: 1, nowMs: 0 })).toEqual({ taken: false, state: EMPTY });
    expect(calls).toEqual(['get', 'update', 'get', 'update', 'get']);
    expect(counts.peek('a')).toBeUndefined();
    items.push({ total: { N: '5' }, m0: { N: '0' }, born: { S: 'x' }, other: { N: '1' } });
    const { taken, state } = await counts.take('a', tenSeconds, { count: 1, nowMs: 0 });
    expect([taken, state.total, [...state.marks]]).toEqual([false, 5, [[0, 0]]]);
    // Known to be full: the table is not asked.
    expect(calls).toHaveLength(6);
    await counts.take('a', tenSeconds, { count: 1, nowMs: 0 });
    expect(calls).toHaveLength(6);
  });

  it('allow what the window allows, and no more', async () => {
    const updates: Record<string, { N?: string }>[] = [];
    const item = { total: { N: '7' }, m0: { N: '4' }, m3: { N: '6' }, born: { S: 'x' } };
    const counts = sharedCounts({
      get: async () => item,
      update: async (_, { ExpressionAttributeValues }) => {
        updates.push(ExpressionAttributeValues as never);
        return item;
      },
    } as CounterTable);
    await counts.take('a', tenSeconds, { count: 2, nowMs: 5_500 });
    // The window begins at the total 4 and allows 5, of which these take 2.
    expect(updates[0]).toMatchObject({
      ':most': { N: '7' },
      ':count': { N: '2' },
      ':expires': { N: `${6 + 20 + 3_600}` },
    });
  });
});

describe('what a caller learns of limits', () => {
  const exact = { rule: tenSeconds, result: { outcome: 'taken', remaining: 3, resetSeconds: 4 } } as const;
  const month = { name: 'quota', requests: 1_000 };

  it('is nothing without limits, and has no window for a month', () => {
    expect(rateLimitHeaders({ policies: [] })).toEqual({});
    expect(rateLimitHeaders({ policies: [month] })).toEqual({ 'ratelimit-policy': '"quota";q=1000' });
    expect(rateLimitHeaders({ policies: [month], exact })).toEqual({
      'ratelimit-policy': '"free";q=5;w=10, "quota";q=1000',
      ratelimit: '"free";r=3;t=4',
    });
  });

  it('has no remainder while requests cannot be counted', () => {
    const unknown = { ...exact, result: { ...exact.result, outcome: 'unavailable' } } as const;
    expect(callerLimits({ policies: [month], exact: unknown })).toEqual([month]);
    expect(callerLimits({ policies: [month], exact: { rule: tenSeconds } })).toEqual([month]);
    expect(callerLimits({ policies: [month], exact })[0]).toEqual({
      name: 'free',
      requests: 5,
      perSeconds: 10,
      remaining: 3,
      resetSeconds: 4,
    });
    expect(rateLimitHeaders({ policies: [], exact: unknown })).toEqual({ 'ratelimit-policy': '"free";q=5;w=10' });
  });

  it('counts the rest of a lease as remaining', async () => {
    const { counts } = memoryCounts();
    const limiter = exactLimiter({}, { counts, now: () => 0 });
    expect(limiter.peek('a', tenSeconds)).toBeUndefined();
    const seen = [];
    for (let n = 0; n < 6; n += 1) seen.push((await limiter.take('a', tenSeconds)).remaining);
    expect(seen).toEqual([4, 3, 2, 1, 0, 0]);
    expect(limiter.peek('a', tenSeconds)).toMatchObject({ outcome: 'taken', remaining: 0, resetSeconds: 11 });
  });
});
