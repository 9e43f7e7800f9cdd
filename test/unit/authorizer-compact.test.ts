import { describe, expect, it } from 'vitest';
import { compactPatterns, exceptPatterns, type Split } from '../../lambdas/authorizer/compact.ts';

const split = (allowed: string, denied: string): Split => {
  const segments = (texts: string) => texts.split(' ').flatMap((text) => (text === '' ? [] : [text.split('/')]));
  return { allowed: segments(allowed), denied: segments(denied) };
};
const texts = (patterns: readonly (readonly string[])[]) => patterns.map((pattern) => pattern.join('/')).join(' ');

describe('what is allowed', () => {
  it.each([
    ['nothing where nothing is', '', 'GET/a', ''],
    ['one route by itself, although nothing else is there', 'GET/a/b', '', 'GET/a/b'],
    ['two routes by one pattern where nothing else is there', 'GET/a PUT/b', '', '*'],
    ['routes that share nothing by themselves', 'GET/a POST/b', 'DELETE/c', 'GET/a POST/b'],
    ['a method', 'GET/a GET/b', 'PUT/a', 'GET/*'],
    ['all methods of a path', 'GET/a PUT/a', 'GET/b', '*/a'],
    ['all methods below a prefix', 'GET/a/1 PUT/a/2', 'DELETE/b', '*/a/*'],
    ['a method below a prefix', 'GET/a/1 GET/a/2', 'DELETE/a/1 GET/b', 'GET/a/*'],
    ['all methods below a longer prefix', 'GET/a/b/1 PUT/a/b/2', 'DELETE/a/c', '*/a/b/*'],
    ['a method below a longer prefix', 'GET/a/b/1 GET/a/b/2', 'GET/a/c PUT/a/b/1', 'GET/a/b/*'],
    [
      'the broadest first, whatever order routes have',
      'GET/a/1 GET/a/2 PUT/a/1 PUT/b/1 PUT/b/2',
      'DELETE/z GET/z',
      'PUT/* */a/*',
    ],
    ['prefixes that read alike apart', 'GET/a/b/1 GET/a/b/2 GET/ab/1 GET/ab/2', 'GET/z GET/a/c', '*/ab/* */a/b/*'],
    ['a wildcard, then what it leaves open', 'GET/a GET/b POST/c', 'POST/d', 'GET/* POST/c'],
    ['no wildcard over what is denied', 'GET/a/1 GET/a/2', 'GET/a/*', 'GET/a/1 GET/a/2'],
  ])('is written as %s', (_what, allowed, denied, expected) => {
    expect(texts(compactPatterns(split(allowed, denied)).allow)).toBe(expected);
  });
});

describe('what is denied', () => {
  it.each([
    ['nothing where no pattern reaches it', 'GET/a', 'GET/b PUT/a', ''],
    ['a route that a parameter reaches, and no other', 'GET/a/*', 'GET/a/*/history PUT/a/*', 'GET/a/*/history'],
    ['a route that only one of the patterns reaches', 'GET/a/* POST/b', 'GET/a/*/history', 'GET/a/*/history'],
    ['not where the denial would reach an allowed route', 'GET/a/* GET/a/x/y', 'GET/a/*/y', ''],
    ['only where it reaches no allowed route', 'GET/a/* GET/a/x/y', 'GET/a/*/y GET/a/*/z', 'GET/a/*/z'],
  ])('is %s', (_what, allowed, denied, expected) => {
    expect(texts(compactPatterns(split(allowed, denied)).deny)).toBe(expected);
  });

  it('is all but the allowed where everything else is allowed', () => {
    const { allow, deny } = exceptPatterns(split('GET/a GET/b/x', 'PUT/a GET/b/* GET/c'));
    expect(texts(allow)).toBe('*');
    expect(texts(deny)).toBe('PUT/a GET/c');
  });
});
