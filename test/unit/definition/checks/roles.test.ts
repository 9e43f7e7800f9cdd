import { describe, expect, it } from 'vitest';
import { codesOf, faultsOf, roles } from '../support.ts';

describe('the check of roles', () => {
  it.each([
    [
      'an unknown parent role',
      { roles: { ...roles, byName: { reader: { extends: ['x'], can: ['note:read'] } } } },
      'role-extends-unknown',
      'roles.reader.extends',
    ],
    [
      'a wildcard permission',
      { roles: { ...roles, byName: { reader: { can: ['note:read', 'note:*'] } } } },
      'permission-invalid',
      'roles.reader.can.1',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });

  it('reports a cycle of roles once, with its path', () => {
    const byName = { a: { extends: ['b'], can: ['note:read'] }, b: { extends: ['a'], can: [] } };
    expect(codesOf({ roles: { ...roles, byName } })).toEqual(['role-cycle']);
  });
});
