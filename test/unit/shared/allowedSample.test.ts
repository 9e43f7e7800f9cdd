import { randomUUID } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { allowedSample } from '../../../lambdas/shared/allowedSample.ts';

beforeEach(() => vi.useFakeTimers({ now: 1_800_000_000_000, toFake: ['Date'] }));
afterEach(() => vi.useRealTimers());

/** Sends so many requests in each of the next seconds, and returns what their lines stand for, by the id of the request. */
function traffic(sample: ReturnType<typeof allowedSample>, perSecond: number, seconds: number) {
  const lines = new Map<string, number>();
  for (let second = 0; second < seconds; second += 1) {
    for (let i = 0; i < perSecond; i += 1) {
      const id = randomUUID();
      const standsFor = sample(id);
      if (standsFor > 0) lines.set(id, standsFor);
    }
    vi.advanceTimersByTime(1000);
  }
  return lines;
}

const sum = (numbers: Iterable<number>) => [...numbers].reduce((total, one) => total + one, 0);

describe('lines about allowed requests', () => {
  it('are all written without a limit, and below it', () => {
    expect(sum(traffic(allowedSample(undefined), 500, 10).values())).toBe(5000);
    const lines = traffic(allowedSample(120), 1, 120);
    expect([lines.size, new Set(lines.values())]).toEqual([120, new Set([1])]);
  });

  it.each([1, 20, 200, 2000])('are at most 60 a minute at %d requests a second', (perSecond) => {
    const sample = allowedSample(60);
    for (let minute = 0; minute < 3; minute += 1) {
      expect(traffic(sample, perSecond, 60).size).toBeLessThanOrEqual(60);
    }
  });

  it('stand together for all requests, but those since the last line', () => {
    const sample = allowedSample(600);
    const lines = traffic(sample, 200, 120);
    expect(sum(lines.values())).toBeGreaterThan(24_000 * 0.97);
    expect(sum(lines.values())).toBeLessThanOrEqual(24_000);
  });

  it('are all written again as soon as traffic ends', () => {
    const sample = allowedSample(60);
    traffic(sample, 500, 30);
    vi.advanceTimersByTime(20_000);
    traffic(sample, 1, 1);
    expect([...traffic(sample, 1, 5).values()]).toEqual([1, 1, 1, 1, 1]);
  });

  it('are of the same requests in two functions, of which the one with fewer lines has a part', () => {
    const [authorizer, handler] = [allowedSample(60), allowedSample(600)];
    const kept = { authorizer: new Set<string>(), handler: new Set<string>() };
    for (let second = 0; second < 60; second += 1) {
      for (let i = 0; i < 100; i += 1) {
        const id = randomUUID();
        // The first windows find out how many requests there are.
        if (authorizer(id) > 0 && second >= 20) kept.authorizer.add(id);
        if (handler(id) > 0 && second >= 20) kept.handler.add(id);
      }
      vi.advanceTimersByTime(1000);
    }
    const together = [...kept.authorizer].filter((id) => kept.handler.has(id));
    expect(kept.authorizer.size).toBeGreaterThan(10);
    expect(together.length / kept.authorizer.size).toBeGreaterThan(0.9);
  });
});
