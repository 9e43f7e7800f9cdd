import { describe, expect, it } from 'vitest';
import { rolesIn } from '../../../lambdas/shared/tokenRoles.ts';
import type { RoleRules } from '../../../lib/definition/tokenIssuer.ts';

const by = (rules: Partial<RoleRules>, roles: unknown) => rolesIn({ roles }, { claim: 'roles', ...rules });
const named = (rules: Partial<RoleRules>, roles: unknown) => by(rules, roles).roles;
const map: RoleRules['map'] = [
  ['Orders.Admin', ['admin']],
  ['__proto__', ['viewer']],
  ['7f', ['viewer', 'editor']],
];
const spaced: RoleRules['map'] = [...map, ['Orders Admin', ['admin']]];

describe('the roles that claims name', () => {
  it.each<readonly [string, Partial<RoleRules>, unknown, readonly string[]]>([
    ['a string at spaces and commas', {}, 'a, b c,d', ['a', 'b', 'c', 'd']],
    ['a string at its separator', { separator: ';' }, 'a b; c ;;d', ['a b', 'c', 'd']],
    ['a string at a separator of two characters', { separator: '::' }, 'a::b:c', ['a', 'b:c']],
    ['a string as one value', { separator: false }, 'a, b c', ['a, b c']],
    ['an empty string', { separator: false }, '', []],
    ['separators alone', { separator: ';' }, ' ; ;', []],
    ['values of a list unsplit', {}, ['a b', 'c,d', 'c,d'], ['a b', 'c,d']],
    ['values of a list, whatever the separator', { separator: ';' }, ['a;b'], ['a;b']],
    ['an object', {}, { admin: {} }, []],
  ])('splits %s', (_, rules, claim, roles) => {
    expect(named(rules, claim)).toEqual(roles);
  });

  it.each<readonly [string, Partial<RoleRules>, unknown, readonly string[]]>([
    ['values that are listed', { map }, ['Orders.Admin', 'x'], ['admin']],
    ['several roles of one value, each once', { map }, ['7f', '__proto__'], ['viewer', 'editor']],
    ['the exact case', { map }, ['orders.admin', 'ORDERS.ADMIN', 'Orders.Admin '], []],
    ['no names of roles', { map }, ['admin', 'viewer'], []],
    ['no members of prototypes', { map }, ['constructor', 'toString', 'hasOwnProperty'], []],
    ['a string as one value', { map }, '7f', ['viewer', 'editor']],
    ['no part of a string', { map }, 'x,7f', []],
    ['no word of the name of a group', { map: [['admin', ['admin']]] }, 'My admin group', []],
    ['parts of a string at its separator', { map, separator: ',' }, 'x,7f', ['viewer', 'editor']],
    ['a string as a whole, where a name has a space', { map: spaced }, 'Orders Admin', ['admin']],
    ['no part of it then', { map: spaced }, 'Not Orders Admin', []],
    ['no words that together are a name', { map: spaced }, ['Orders', 'Admin'], []],
    ['names with a space at an explicit separator', { map: spaced, separator: ',' }, 'x, Orders Admin', ['admin']],
  ])('maps %s', (_, rules, claim, roles) => {
    expect(named(rules, claim)).toEqual(roles);
  });

  it('reports the values that give no role', () => {
    expect(by({ map }, ['admin', '7f', 'admin']).unmapped).toEqual(['admin']);
    expect(by({}, ['admin']).unmapped).toEqual([]);
  });

  it.each<readonly [string, unknown, readonly string[]]>([
    ['one of them', { admin: { '1': 'a.example' }, viewer: { '2': 'b.example' } }, ['admin']],
    ['one of several', { admin: { '2': 'b.example', '1': 'a.example' } }, ['admin']],
    ['another one', { admin: { '2': 'b.example' } }, []],
    ['none', { admin: {} }, []],
    ['a value that is no organization', { admin: true, viewer: null, editor: ['1'], owner: '1' }, []],
    ['a member of the prototype', { admin: { toString: 'x' } }, []],
    ['a list, which names no organization', ['admin'], []],
    ['a string, which names no organization', 'admin', []],
  ])('counts a role that an accepted organization granted: %s', (_, claim, roles) => {
    expect(named({ organizations: ['1', '3'] }, claim)).toEqual(roles);
    expect(named({ organizations: ['1'], map: [['admin', ['owner']]] }, claim)).toEqual(roles.map(() => 'owner'));
  });
});
