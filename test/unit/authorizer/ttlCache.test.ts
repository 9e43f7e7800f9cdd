import { describe, expect, it } from 'vitest';
import { ttlCache } from '../../../lambdas/authorizer/ttlCache.ts';

const AGE = 1_000;

const MOST = 10_000;

function clocked() {
  let time = 0;
  const cache = ttlCache<number>(AGE, () => time);
  return {
    cache,
    at: (next: number) => {
      time = next;
    },
    fill: (count: number) => {
      for (let index = 0; index < count; index += 1) cache.set(`key${index}`, index);
    },
  };
}

describe('an entry', () => {
  it('lasts for the maximum age, and not a millisecond longer', () => {
    const { cache, at } = clocked();
    cache.set('a', 1);
    at(AGE - 1);
    expect(cache.get('a')).toBe(1);
    at(AGE);
    expect(cache.get('a')).toBeUndefined();
  });

  it('is gone after the clock was set back to before it was made, because nobody knows its age', () => {
    const { cache, at } = clocked();
    at(500);
    cache.set('a', 1);
    at(499);
    expect(cache.get('a')).toBeUndefined();
    at(500);
    expect(cache.get('a')).toBeUndefined();
  });

  it('ends before the maximum age if set so, and never after it', () => {
    const { cache, at } = clocked();
    cache.set('short', 1, 10);
    cache.set('long', 2, AGE * 2);
    at(9);
    expect(cache.get('short')).toBe(1);
    at(10);
    expect(cache.get('short')).toBeUndefined();
    at(AGE);
    expect(cache.get('long')).toBeUndefined();
  });

  it('is replaced by the next entry of its key, with a new age', () => {
    const { cache, at } = clocked();
    cache.set('a', 1);
    at(AGE - 1);
    cache.set('a', 2);
    at(AGE);
    expect(cache.get('a')).toBe(2);
  });

  it('is deleted alone', () => {
    const { cache, fill } = clocked();
    fill(2);
    cache.delete('key0');
    expect([cache.get('key0'), cache.get('key1'), cache.get('never')]).toEqual([undefined, 1, undefined]);
  });
});

describe('beyond ten thousand entries', () => {
  it('only the oldest is removed', () => {
    const { cache, fill } = clocked();
    fill(MOST);
    expect(cache.get('key0')).toBe(0);
    cache.set('new', 7);
    expect([cache.get('key0'), cache.get('key1'), cache.get('new')]).toEqual([undefined, 1, 7]);
    cache.set('newer', 8);
    expect([cache.get('key1'), cache.get('key2'), cache.get('newer')]).toEqual([undefined, 2, 8]);
  });

  it('none is removed for a new value of a cached key, which becomes the youngest', () => {
    const { cache, fill } = clocked();
    fill(MOST);
    cache.set('key0', 7);
    cache.set('key5', 8);
    expect([cache.get('key0'), cache.get('key1')]).toEqual([7, 1]);
    cache.set('new', 9);
    expect([cache.get('key0'), cache.get('key1')]).toEqual([7, undefined]);
  });

  it('an expired entry leaves its space to a new one', () => {
    const { cache, at, fill } = clocked();
    fill(MOST - 1);
    cache.set('over', 1, 5);
    at(5);
    expect(cache.get('over')).toBeUndefined();
    cache.set('new', 7);
    expect([cache.get('key0'), cache.get('new')]).toEqual([0, 7]);
  });
});

describe('the entries of a cache', () => {
  it('are returned until their maximum age, or their end before it', () => {
    let now = 0;
    const cache = ttlCache<string>(100, () => now);
    cache.set('aged', 'a');
    cache.set('ended', 'b', 50);
    now = 49;
    expect([cache.get('aged'), cache.get('ended'), cache.get('never')]).toEqual(['a', 'b', undefined]);
    now = 50;
    expect([cache.get('aged'), cache.get('ended')]).toEqual(['a', undefined]);
    now = 100;
    expect(cache.get('aged')).toBeUndefined();
    cache.set('aged', 'c');
    cache.delete('aged');
    expect(cache.get('aged')).toBeUndefined();
  });

  it('are at most ten thousand, of which the oldest is removed first', () => {
    const cache = ttlCache<number>(100, () => 0);
    for (let index = 0; index < 10_000; index += 1) cache.set(String(index), index);
    expect(cache.get('0')).toBe(0);
    cache.set('0', 0);
    expect(cache.get('1')).toBe(1);
    cache.set('new', -1);
    expect([cache.get('0'), cache.get('1'), cache.get('2'), cache.get('new')]).toEqual([0, undefined, 2, -1]);
  });
});
