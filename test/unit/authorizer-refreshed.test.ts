import { describe, expect, it } from 'vitest';
import { refreshed } from '../../lambdas/authorizer/refreshed.ts';

/** A source whose answers a test sets, on a clock that it drives. */
function source() {
  const state = { now: 0, loads: 0, failing: false };
  const load = async () => {
    state.loads += 1;
    if (state.failing) throw new Error('out of reach');
    return state.loads;
  };
  const value = refreshed(load, { maxAgeMs: 100, staleMs: 1_000, pauseMs: 10, now: () => state.now });
  return { state, value };
}

describe('a refreshed value', () => {
  it('is loaded once for callers at once, and kept until its age', async () => {
    const { state, value } = source();
    expect(await Promise.all([value.get(), value.get(), value.get()])).toEqual([1, 1, 1]);
    state.now = 99;
    expect(await value.get()).toBe(1);
    state.now = 100;
    expect(await value.get()).toBe(2);
  });

  it('outlives a source out of reach until it is stale, asking no more often than the pause', async () => {
    const { state, value } = source();
    await value.get();
    state.failing = true;
    state.now = 500;
    expect(await value.get()).toBe(1);
    expect(await value.get()).toBe(1);
    expect(state.loads).toBe(2);
    state.now = 1_000;
    await expect(value.get()).rejects.toThrow('out of reach');
    state.failing = false;
    expect(await value.get()).toBe(4);
  });

  it('is renewed early once in a pause, and tells how that went', async () => {
    const { state, value } = source();
    await value.get();
    expect(await value.renew()).toBe(1);
    state.now = 10;
    expect(await value.renew()).toBe(2);
    state.now = 20;
    state.failing = true;
    await expect(value.renew()).rejects.toThrow('out of reach');
    await expect(value.renew()).rejects.toThrow('out of reach');
    expect(state.loads).toBe(3);
    expect(await value.get()).toBe(2);
  });

  it('is tried again at once after a first load that failed', async () => {
    const { state, value } = source();
    state.failing = true;
    await expect(value.get()).rejects.toThrow('out of reach');
    state.failing = false;
    expect(await value.get()).toBe(2);
  });
});
