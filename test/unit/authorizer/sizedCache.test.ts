import { describe, expect, it } from 'vitest';
import { sizedCache } from '../../../lambdas/authorizer/sizedCache.ts';

describe('a cache of so many bytes', () => {
  it('drops what was not used for longest', () => {
    const cache = sizedCache<string>(30);
    for (const key of ['a', 'b', 'c']) cache.set(key, key, 10);
    cache.get('a');
    cache.set('d', 'd', 10);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual(['a', undefined, 'c', 'd']);
  });

  it('still drops what was not used for longest after the newest was used again', () => {
    const cache = sizedCache<string>(30);
    for (const key of ['a', 'b', 'c']) cache.set(key, key, 10);
    for (const key of ['c', 'a', 'a', 'b', 'c']) cache.get(key);
    cache.set('d', 'd', 10);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual([undefined, 'b', 'c', 'd']);
  });

  it('drops as many as a large value needs, and does not keep one that is too large alone', () => {
    const cache = sizedCache<string>(30);
    for (const key of ['a', 'b', 'c']) cache.set(key, key, 10);
    cache.set('d', 'd', 15);
    expect(['a', 'b', 'c', 'd'].map((key) => cache.get(key))).toEqual([undefined, undefined, 'c', 'd']);
    cache.set('e', 'e', 31);
    expect(['c', 'd', 'e'].map((key) => cache.get(key))).toEqual([undefined, undefined, undefined]);
  });

  it('counts a value that replaces another once', () => {
    const cache = sizedCache<number>(30);
    for (let i = 0; i < 100; i += 1) cache.set('a', i, 10);
    cache.set('b', 0, 20);
    expect([cache.get('a'), cache.get('b')]).toEqual([99, 0]);
  });
});
