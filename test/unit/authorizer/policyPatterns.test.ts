import { describe, expect, it } from 'vitest';
import { compactPatterns, exceptPatterns } from '../../../lambdas/authorizer/policyPatterns.ts';

const split = (allowed: readonly string[], denied: readonly string[]) => ({
  allowed: allowed.map((route) => route.split(' ')),
  denied: denied.map((route) => route.split(' ')),
  foreign: [],
});

const words = ({ allow, deny }: ReturnType<typeof compactPatterns>) => ({
  allow: allow.map((pattern) => pattern.join(' ')),
  deny: deny.map((pattern) => pattern.join(' ')),
});

const compact = (allowed: readonly string[], denied: readonly string[]) =>
  words(compactPatterns(split(allowed, denied)));

describe('allowed routes are written as', () => {
  it.each([
    ['everything', ['GET a', 'PUT b c'], [], ['*']],
    ['a method', ['GET a', 'GET b'], ['PUT a'], ['GET *']],
    ['a path', ['GET a', 'PUT a'], ['GET b'], ['* a']],
    ['all below a path', ['GET a x', 'PUT a y'], ['GET b'], ['* a *']],
    ['a method below a path', ['GET a x', 'GET a y'], ['PUT a x', 'GET b'], ['GET a *']],
    ['a method deep below a path', ['GET a b x', 'GET a b y'], ['GET a c', 'PUT a b x'], ['GET a b *']],
    ['all deep below a path', ['GET a b x', 'PUT a b y'], ['GET a c', 'PUT c'], ['* a b *']],
    ['themselves, where one wildcard would stand for one', ['GET a'], ['GET b'], ['GET a']],
    ['the broadest that fits', ['GET a x', 'PUT a x', 'PUT b', 'PUT c'], ['GET d'], ['PUT *', 'GET a x']],
    [
      'two wildcards and a rest',
      ['GET a', 'GET b', 'PUT c', 'POST c', 'PUT d'],
      ['POST e', 'PUT e'],
      ['GET *', '* c', 'PUT d'],
    ],
  ])('%s', (_what, allowed, denied, patterns) => {
    expect(compact(allowed, denied)).toEqual({ allow: patterns, deny: [] });
  });
});

describe('a route that a wildcard touches', () => {
  it('is denied by itself, and no other one is', () => {
    expect(compact(['GET a *', 'PUT z'], ['GET a * secret', 'PUT b'])).toEqual({
      allow: ['GET a *', 'PUT z'],
      deny: ['GET a * secret'],
    });
  });

  it('is not denied if that would deny an allowed one', () => {
    expect(compact(['GET a *', 'GET a * b *'], ['GET a * secret']).deny).toEqual([]);
    expect(words(exceptPatterns(split(['GET a * b *'], ['GET a * secret', 'PUT b'])))).toEqual({
      allow: ['*'],
      deny: ['PUT b'],
    });
  });
});
