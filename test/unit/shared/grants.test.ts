import { describe, expect, it } from 'vitest';
import { compatibleRoles, isOwner, isPermitted, missingGrant, permissionsOf } from '../../../lambdas/shared/grants.ts';

describe('the decision', () => {
  const grants = { permissions: ['entry:read'], scopes: ['a', 'b'] };

  it.each([
    [{ kind: 'public' }, undefined],
    [{ kind: 'authenticated' }, undefined],
    [{ kind: 'permission', permission: 'entry:read' }, undefined],
    [{ kind: 'permission', permission: 'entry:write' }, 'permission-missing'],
    [{ kind: 'permission', permission: 'entry' }, 'permission-missing'],
    [{ kind: 'permission', permission: 'entry:read', scopes: ['a', 'b'] }, undefined],
    [{ kind: 'permission', permission: 'entry:read', scopes: ['a', 'c'] }, 'scope-missing'],
    [{ kind: 'permission', permission: 'entry:write', scopes: ['c'] }, 'permission-missing'],
    [{ kind: 'scopes', scopes: ['b'] }, undefined],
    [{ kind: 'scopes', scopes: ['b', 'c'] }, 'scope-missing'],
  ] as const)('on %j is %s', (access, missing) => {
    expect(missingGrant(access, grants)).toBe(missing);
    expect(isPermitted(access, grants)).toBe(missing === undefined);
  });

  it('drops both roles of every pair that is held whole', () => {
    const pairs = [
      ['a', 'b'],
      ['b', 'c'],
    ] as const;
    expect(compatibleRoles(pairs, ['a', 'b', 'd'])).toEqual(['d']);
    expect(compatibleRoles(pairs, ['a', 'c'])).toEqual(['a', 'c']);
    expect(compatibleRoles([], ['a', 'b'])).toEqual(['a', 'b']);
  });

  it('on a resource depends on its creator, or on the exception', () => {
    const caller = { id: 'i#1', permissions: ['entry:any'] };
    const rule = { field: 'by' };
    expect(isOwner(rule, caller, { by: 'i#1' })).toBe(true);
    expect(isOwner(rule, caller, { by: 'i#2' })).toBe(false);
    expect(isOwner(rule, caller, {})).toBe(false);
    expect(isOwner(rule, { id: '', permissions: [] }, { by: '' })).toBe(false);
    expect(isOwner({ field: 'constructor' }, caller, {})).toBe(false);
    expect(isOwner({ field: 'by', unless: 'entry:any' }, caller, { by: 'i#2' })).toBe(true);
    expect(isOwner({ field: 'by', unless: 'entry:all' }, caller, { by: 'i#2' })).toBe(false);
  });
});

describe('what a caller is allowed to do', () => {
  it('is the sorted sum of its roles, without names of prototypes', () => {
    expect(permissionsOf({ one: ['c:z', 'a:z'], two: ['b:z', 'a:z'] }, ['one', 'constructor', 'two'])).toEqual([
      'a:z',
      'b:z',
      'c:z',
    ]);
  });

  it('needs no scope if the route declares none', () => {
    const open = { kind: 'authenticated', scopes: ['never'] } as Parameters<typeof missingGrant>[0];
    expect(missingGrant(open, { permissions: [], scopes: [] })).toBeUndefined();
  });

  it('includes no resource of others without an exception', () => {
    const permissions = [undefined] as unknown as readonly string[];
    expect(isOwner({ field: 'by' }, { id: 'i', permissions }, { by: 'other' })).toBe(false);
  });
});
