import { describe, expect, it } from 'vitest';
import { lineageOf, permissionsOf } from '../../../lib/definition/roles.ts';

describe('a role', () => {
  it('has the shortest path to each role that it inherits', () => {
    const byName = { a: { can: [] }, b: { extends: ['a'], can: [] }, c: { extends: ['b', 'a'], can: [] } };
    expect([...lineageOf(byName, 'c')]).toEqual([
      ['c', ['c']],
      ['b', ['c', 'b']],
      ['a', ['c', 'a']],
    ]);
    expect([...lineageOf(byName, 'x'), ...lineageOf(byName, 'toString')]).toEqual([]);
  });

  it('grants what it inherits, sorted and unique, even in a cycle', () => {
    const byName = { a: { extends: ['b'], can: ['z:z', 'a:a'] }, b: { extends: ['a'], can: ['a:a', 'm:m'] } };
    expect(permissionsOf(byName, 'a')).toEqual(['a:a', 'm:m', 'z:z']);
  });
});
