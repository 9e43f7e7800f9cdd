import { describe, expect, it } from 'vitest';
import { codesOf, faultsOf, roles, wholeFaultsOf } from '../support.ts';

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

  it.each(['p:88', '88:read', 'Note:read', `note:${'a'.repeat(41)}`, 'note:read_all'])(
    'states which characters each part of a permission has: %s',
    (permission) => {
      const rule =
        'resource:action, such as document:update, each of the two a lower-case letter followed by at most 39 lower-case letters, digits and "-"';
      const byName = { reader: { can: ['note:read', permission] } };
      expect(wholeFaultsOf({ roles: { ...roles, byName } })[0]).toMatchObject({
        code: 'permission-invalid',
        found: `"${permission}"`,
        expected: rule,
      });
    },
  );

  it('reports a cycle of roles once, with its path', () => {
    const byName = { a: { extends: ['b'], can: ['note:read'] }, b: { extends: ['a'], can: [] } };
    expect(codesOf({ roles: { ...roles, byName } })).toEqual(['role-cycle']);
  });
});
