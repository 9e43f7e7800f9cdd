import { describe, expect, it } from 'vitest';
import { covers, segmentsOf, touches } from '../../../lambdas/authorizer/resourcePattern.ts';

describe('a pattern', () => {
  it.each([
    [['*'], 'GET', '/a/b', true, true],
    [['GET', '*'], 'GET', '/a/b', true, true],
    [['GET', '*'], 'PUT', '/a/b', false, false],
    [['GET', 'a', '*'], 'GET', '/a', false, false],
    [['GET', 'a', '*', 'c'], 'GET', '/a/{x}/b/{y}', true, false],
    [['GET', 'a', 'b'], 'GET', '/a/{x}', true, false],
    [['GET', 'a', '*'], 'GET', '/a/{x}', true, true],
    [['*', 'a'], 'GET', '/b/a', true, true],
  ])('%j of %s %s: touches %s, covers %s', (pattern, method, path, touching, covering) => {
    const route = segmentsOf(method, path);
    expect(touches(pattern, route)).toBe(touching);
    expect(covers(pattern, route)).toBe(covering);
  });
});
