import { describe, expect, it } from 'vitest';
import { refreshingValue } from '../../../lambdas/authorizer/refreshingValue.ts';

/** A source whose answers a test sets, on a clock that it drives. */
function source() {
  const state = { now: 0, loads: 0, failing: false };
  const load = async () => {
    state.loads += 1;
    if (state.failing) throw new Error('out of reach');
    return state.loads;
  };
  const value = refreshingValue(load, { maxAgeMs: 100, staleMs: 1_000, pauseMs: 10, now: () => state.now });
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

  it('is loaded anew when an instance was frozen while it loaded, and what comes late is not taken for new', async () => {
    const state = { now: 0 };
    const answers: ((value: string) => void)[] = [];
    const load = () => new Promise<string>((done) => answers.push(done));
    const options = { refreshMs: 50, maxAgeMs: 100, staleMs: 1_000_000, pauseMs: 10, now: () => state.now };
    const value = refreshingValue(load, options);
    const first = value.get();
    answers[0]?.('first');
    expect(await first).toBe('first');
    state.now = 60;
    expect(await value.get()).toBe('first');
    // Frozen here, with the renewal under way; the next request comes much later.
    state.now = 60_000;
    const later = value.get();
    answers[2]?.('third');
    expect(await later).toBe('third');
    answers[1]?.('second');
    await Promise.resolve();
    expect(await value.get()).toBe('third');
    expect(answers).toHaveLength(3);
  });

  it('is tried again at once after a first load that failed', async () => {
    const { state, value } = source();
    state.failing = true;
    await expect(value.get()).rejects.toThrow('out of reach');
    state.failing = false;
    expect(await value.get()).toBe(2);
  });
});
