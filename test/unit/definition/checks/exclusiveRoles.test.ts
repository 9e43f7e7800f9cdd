import { describe, expect, it } from 'vitest';
import { can, faultsOf, withRoles } from '../support.ts';

describe('the check of exclusive and default roles', () => {
  it.each([
    ['a default role that does not exist', { defaultRole: 'raeder' }, 'default-role-unknown', 'defaultRole'],
    [
      'a default role that excludes another',
      withRoles({ a: { can }, b: { can, exclusiveWith: ['a'] } }, { defaultRole: 'a' }),
      'default-role-exclusive',
      'defaultRole',
    ],
    [
      'a default role that excludes another by inheritance',
      withRoles({ a: { can, extends: ['c'] }, b: { can, exclusiveWith: ['c'] }, c: { can } }, { defaultRole: 'a' }),
      'default-role-exclusive',
      'defaultRole',
    ],
    [
      'an exclusion of an unknown role',
      withRoles({ a: { can, exclusiveWith: ['x'] } }),
      'role-exclusive-unknown',
      'roles.a.exclusiveWith',
    ],
    [
      'a role that excludes itself',
      withRoles({ a: { can, exclusiveWith: ['a'] } }),
      'role-exclusive-unknown',
      'roles.a.exclusiveWith',
    ],
    [
      'a role that inherits the one it excludes',
      withRoles({ a: { can, extends: ['b'] }, b: { can, exclusiveWith: ['a'] } }),
      'role-exclusive-conflict',
      'roles.a.extends',
    ],
    [
      'a role that inherits both roles of a pair indirectly',
      withRoles({
        a: { can },
        b: { can, exclusiveWith: ['a'] },
        c: { can, extends: ['b'] },
        d: { can, extends: ['a', 'c'] },
      }),
      'role-exclusive-conflict',
      'roles.d.extends',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });
});
