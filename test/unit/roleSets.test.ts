import { expect, it } from 'vitest';
import { roleSets } from '../../bench/roleSets.ts';

it.each([
  [3_000, { roles: 5, of: 50 }],
  [3_000, { roles: 50, of: 100 }],
  [6, { roles: 3, of: 5 }],
] as const)('%i sets of %j are distinct, have each role once, and all have role1', (count, size) => {
  const sets = roleSets(count, size);
  const known = new Set(Array.from({ length: size.of }, (_, role) => `role${role}`));
  expect(new Set(sets.map((set) => [...set].sort().join())).size).toBe(count);
  for (const set of sets) {
    expect(new Set(set).size).toBe(size.roles);
    expect(set).toContain('role1');
    expect(set.every((role) => known.has(role))).toBe(true);
  }
});

it('sets use all roles, not only the first', () => {
  expect(new Set(roleSets(1_000, { roles: 5, of: 50 }).flat()).size).toBe(50);
});

it('more sets than there are is an error, not sets that repeat', () => {
  expect(() => roleSets(7, { roles: 3, of: 5 })).toThrow('3 of 5 roles have 6 sets, not 7');
});
