import { describe, expect, it } from 'vitest';
import { ttlCache } from '../../../lambdas/authorizer/ttlCache.ts';

const AGE = 1_000;
const MOST = 10_000;

function clocked() {
  let time = 0;
  const kept = ttlCache<number>(AGE, () => time);
  return {
    kept,
    at: (next: number) => {
      time = next;
    },
    fill: (count: number) => {
      for (let index = 0; index < count; index += 1) kept.set(`key${index}`, index);
    },
  };
}

describe('an answer', () => {
  it('is kept for its time, and not a millisecond longer', () => {
    const { kept, at } = clocked();
    kept.set('a', 1);
    at(AGE - 1);
    expect(kept.get('a')).toBe(1);
    at(AGE);
    expect(kept.get('a')).toBeUndefined();
  });

  it('ends before its time where it says so, and never after it', () => {
    const { kept, at } = clocked();
    kept.set('short', 1, 10);
    kept.set('long', 2, AGE * 2);
    at(9);
    expect(kept.get('short')).toBe(1);
    at(10);
    expect(kept.get('short')).toBeUndefined();
    at(AGE);
    expect(kept.get('long')).toBeUndefined();
  });

  it('is replaced by the next of its key, with a time of its own', () => {
    const { kept, at } = clocked();
    kept.set('a', 1);
    at(AGE - 1);
    kept.set('a', 2);
    at(AGE);
    expect(kept.get('a')).toBe(2);
  });

  it('is gone once deleted, alone', () => {
    const { kept, fill } = clocked();
    fill(2);
    kept.delete('key0');
    expect([kept.get('key0'), kept.get('key1'), kept.get('never')]).toEqual([undefined, 1, undefined]);
  });
});

describe('beyond ten thousand answers', () => {
  it('the oldest goes, and only that', () => {
    const { kept, fill } = clocked();
    fill(MOST);
    expect(kept.get('key0')).toBe(0);
    kept.set('new', 7);
    expect([kept.get('key0'), kept.get('key1'), kept.get('new')]).toEqual([undefined, 1, 7]);
    kept.set('newer', 8);
    expect([kept.get('key1'), kept.get('key2'), kept.get('newer')]).toEqual([undefined, 2, 8]);
  });

  it('none goes for a new answer of a kept key, which is the youngest then', () => {
    const { kept, fill } = clocked();
    fill(MOST);
    kept.set('key0', 7);
    kept.set('key5', 8);
    expect([kept.get('key0'), kept.get('key1')]).toEqual([7, 1]);
    kept.set('new', 9);
    expect([kept.get('key0'), kept.get('key1')]).toEqual([7, undefined]);
  });

  it('one that was found to be over leaves its room to a new one', () => {
    const { kept, at, fill } = clocked();
    fill(MOST - 1);
    kept.set('over', 1, 5);
    at(5);
    expect(kept.get('over')).toBeUndefined();
    kept.set('new', 7);
    expect([kept.get('key0'), kept.get('new')]).toEqual([0, 7]);
  });
});
