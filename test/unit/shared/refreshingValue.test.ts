import { describe, expect, it } from 'vitest';
import { refreshingValue } from '../../../lambdas/shared/refreshingValue.ts';

/** A refreshing value whose loads and clock a test controls. */
function controlled() {
  const state = { now: 0, loads: 0, failing: false };
  const load = async () => {
    state.loads += 1;
    if (state.failing) throw new Error('unreachable');
    return state.loads;
  };
  const value = refreshingValue(load, { maxAgeMs: 100, staleMs: 1_000, pauseMs: 10, now: () => state.now });
  return { state, value };
}

describe('a refreshing value', () => {
  it('is loaded once for concurrent calls, and cached until its maximum age', async () => {
    const { state, value } = controlled();
    expect(await Promise.all([value.get(), value.get(), value.get()])).toEqual([1, 1, 1]);
    state.now = 99;
    expect(await value.get()).toBe(1);
    state.now = 100;
    expect(await value.get()).toBe(2);
  });

  it('is waited for from its maximum age on, also when its load had begun before', async () => {
    let now = 0;
    let loads = 0;
    const load = async () => {
      loads += 1;
      const result = loads;
      await new Promise((done) => setTimeout(done, 5));
      return result;
    };
    const value = refreshingValue(load, {
      refreshMs: 80,
      maxAgeMs: 100,
      staleMs: 1_000,
      pauseMs: 50,
      now: () => now,
    });
    expect(await value.get()).toBe(1);
    now = 99;
    expect(await value.get()).toBe(1);
    now = 100;
    expect(await value.get()).toBe(2);
  });

  it('is loaded again after the clock was set back, and then lasts as long as any other', async () => {
    const { state, value } = controlled();
    state.now = 5_000;
    expect(await value.get()).toBe(1);
    state.now = 1_000;
    expect(await value.get()).toBe(2);
    state.now = 1_099;
    expect(await value.get()).toBe(2);
    state.now = 1_100;
    expect(await value.get()).toBe(3);
  });

  it('is not used while loads fail after the clock was set back, because nobody knows its age', async () => {
    const { state, value } = controlled();
    state.now = 5_000;
    await value.get();
    state.failing = true;
    state.now = 4_999;
    await expect(value.get()).rejects.toThrow('unreachable');
    state.failing = false;
    expect(await value.get()).toBe(3);
  });

  it('is used until it is stale while loads fail, with at most one load in a pause', async () => {
    const { state, value } = controlled();
    await value.get();
    state.failing = true;
    state.now = 500;
    expect(await value.get()).toBe(1);
    expect(await value.get()).toBe(1);
    expect(state.loads).toBe(2);
    state.now = 1_000;
    await expect(value.get()).rejects.toThrow('unreachable');
    state.failing = false;
    expect(await value.get()).toBe(4);
  });

  it('is not used when it became stale during a load that failed', async () => {
    const state = { now: 0 };
    const loads: ((result: Promise<string> | string) => void)[] = [];
    const load = () => new Promise<string>((done) => loads.push(done));
    const value = refreshingValue(load, { maxAgeMs: 100, staleMs: 1_000, pauseMs: 10, now: () => state.now });
    const first = value.get();
    loads[0]?.('first');
    await first;
    state.now = 999;
    const second = value.get();
    state.now = 1_000;
    loads[1]?.(Promise.reject(new Error('unreachable')));
    await expect(second).rejects.toThrow('unreachable');
  });

  it('is reloaded on demand once in a pause, with the result of that load', async () => {
    const { state, value } = controlled();
    await value.get();
    expect(await value.renew()).toBe(1);
    state.now = 10;
    expect(await value.renew()).toBe(2);
    state.now = 20;
    state.failing = true;
    await expect(value.renew()).rejects.toThrow('unreachable');
    await expect(value.renew()).rejects.toThrow('unreachable');
    expect(state.loads).toBe(3);
    expect(await value.get()).toBe(2);
  });

  it('is reloaded when the instance was frozen during a load, and a late result does not replace a newer one', async () => {
    const state = { now: 0 };
    const resolvers: ((value: string) => void)[] = [];
    const load = () => new Promise<string>((done) => resolvers.push(done));
    const options = { refreshMs: 50, maxAgeMs: 100, staleMs: 1_000_000, pauseMs: 10, now: () => state.now };
    const value = refreshingValue(load, options);
    const first = value.get();
    resolvers[0]?.('first');
    expect(await first).toBe('first');
    state.now = 60;
    expect(await value.get()).toBe('first');
    // Frozen here, with a reload in progress; the next request comes much later.
    state.now = 60_000;
    const later = value.get();
    resolvers[2]?.('third');
    expect(await later).toBe('third');
    resolvers[1]?.('second');
    await Promise.resolve();
    expect(await value.get()).toBe('third');
    expect(resolvers).toHaveLength(3);
  });

  it('is loaded again at once after a failed first load', async () => {
    const { state, value } = controlled();
    state.failing = true;
    await expect(value.get()).rejects.toThrow('unreachable');
    state.failing = false;
    expect(await value.get()).toBe(2);
  });
});

describe('a refreshing value that is prepared', () => {
  /** Loads that a test ends. */
  function pending() {
    const state = { now: 0, ends: [] as ((value: string) => void)[], fails: [] as ((error: Error) => void)[] };
    const load = () =>
      new Promise<string>((resolve, reject) => {
        state.ends.push(resolve);
        state.fails.push(reject);
      });
    const options = { refreshMs: 80_000, maxAgeMs: 100_000, staleMs: 1e6, pauseMs: 50, now: () => state.now };
    return {
      state,
      value: refreshingValue(load, options),
      warm: (at: number) => refreshingValue(load, { ...options, initial: { value: 'warm', at } }),
    };
  }

  it('is loaded before the first call, which shares the load', async () => {
    const { state, value } = pending();
    value.prepare();
    state.now = 999;
    const got = value.get();
    expect(state.ends).toHaveLength(1);
    state.ends[0]?.('first');
    expect(await got).toBe('first');
  });

  it('does not throw where the load does before its promise', async () => {
    const load = () => {
      throw new Error('no setting');
    };
    const value = refreshingValue<string>(load, { maxAgeMs: 1, staleMs: 1, pauseMs: 1 });
    expect(() => value.prepare()).not.toThrow();
    await expect(value.get()).rejects.toThrow('no setting');
  });

  it('is loaded again by a call after a second, because the instance could have been frozen', async () => {
    const { state, value } = pending();
    value.prepare();
    state.now = 1_000;
    const got = value.get();
    expect(state.ends).toHaveLength(2);
    state.fails[0]?.(new Error('the connection is dead'));
    state.ends[1]?.('second');
    expect(await got).toBe('second');
  });

  it('is loaded by the next call when that failed', async () => {
    const { state, value } = pending();
    value.prepare();
    state.fails[0]?.(new Error('unreachable'));
    await new Promise(setImmediate);
    const got = value.get();
    state.ends[1]?.('second');
    expect(await got).toBe('second');
  });

  it('has the age of its load, so that it is not used longer', async () => {
    const { state, value } = pending();
    value.prepare();
    state.ends[0]?.('first');
    await new Promise(setImmediate);
    state.now = 100_000;
    const got = value.get();
    expect(state.ends).toHaveLength(2);
    state.ends[1]?.('second');
    expect(await got).toBe('second');
  });

  it('is not loaded while it is young, and loaded from the age on at which it is reloaded', async () => {
    const { state, warm } = pending();
    warm(0).prepare();
    expect(state.ends).toHaveLength(0);
    state.now = 79_999;
    warm(0).prepare();
    expect(state.ends).toHaveLength(0);
    state.now = 80_000;
    const value = warm(0);
    value.prepare();
    expect(state.ends).toHaveLength(1);
    expect(await value.get()).toBe('warm');
    expect(state.ends).toHaveLength(1);
  });
});
