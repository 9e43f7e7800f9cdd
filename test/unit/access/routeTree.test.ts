import { describe, expect, it } from 'vitest';
import { pathSegments } from '../../../lambdas/authorizer/resourcePattern.ts';
import { routeTree } from '../../../lib/access/routeTree.ts';

/** What a pattern does with one path. */
function matchOf(pattern: string, path: string, { greedy = false, where = {} } = {}) {
  const tree = routeTree([{ path: pathSegments(path, where) }]);
  const segments = pattern.split('/');
  const match = tree.matches(segments, greedy).get(0);
  if (match !== undefined) return match.foreign ? 'covers, and reaches others' : match.covers ? 'covers' : 'touches';
  return greedy && tree.matchesByValue(segments).has(0) ? 'touches by a value' : 'nothing';
}

describe('a pattern of a path', () => {
  it.each([
    ['*', '/a/b', 'covers'],
    ['a/*', '/a', 'nothing'],
    ['a/*', '/a/b/c', 'covers'],
    ['a/*/c', '/a/{x}/b/{y}', 'touches'],
    ['a/*/c', '/a/{x}/b/c', 'covers'],
    ['a/b', '/a/{x}', 'touches'],
    ['a/*', '/a/{x}', 'covers'],
    ['a', '/b/a', 'nothing'],
    ['', '/', 'covers'],
  ])('%s of %s: %s', (pattern, path, expected) => {
    expect(matchOf(pattern, path)).toBe(expected);
  });

  it.each([
    ['a', '/b/a', 'covers'],
    ['a', '/b/c/a', 'covers'],
    ['a', '/{x}/a', 'covers'],
    ['a', '/b/{x}', 'touches by a value'],
    ['a/*', '/b/{x}/c/d', 'touches by a value'],
    ['a/c', '/b/{x}/{y}', 'touches by a value'],
    ['*', '/b/c', 'covers'],
    ['a', '/{x}', 'touches'],
  ])('%s of %s behind a wildcard that takes segments: %s', (pattern, path, expected) => {
    expect(matchOf(pattern, path, { greedy: true })).toBe(expected);
  });

  it.each([
    ['tenants/=tenant/orders', 'covers'],
    ['tenants/*', 'covers, and reaches others'],
    ['tenants/*/orders', 'covers, and reaches others'],
    ['tenants/acme/orders', 'covers, and reaches others'],
    ['tenants/=other/orders', 'covers, and reaches others'],
  ])('%s of a path that compares a claim: %s', (pattern, expected) => {
    expect(matchOf(pattern, '/tenants/{t}/orders', { where: { t: 'tenant' } })).toBe(expected);
  });
});
