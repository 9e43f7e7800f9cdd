import { describe, expect, it } from 'vitest';
import { type RoleOptions, roleRules } from '../../../../lib/construct/identity/roles.ts';

describe('the rules of a roles claim', () => {
  it('are names of roles in the claim roles by default', () => {
    expect(roleRules()).toEqual({ claim: 'roles' });
  });

  it('have a map as pairs, so that every name is one: prototypes, quotes, other scripts, two cases', () => {
    const map = {
      ['__proto__']: 'a',
      constructor: 'a',
      'Orders "Admin", head': ['a', 'b', 'a'],
      'Größe 😀': 'a',
      admin: 'a',
      Admin: 'b',
      '7f0c6a1e-3b5d-4c7e-9f21-0a4b6c8d9e0f': 'a',
    };
    const { map: pairs } = roleRules({ map });
    expect(pairs?.map(([value]) => value)).toEqual(Object.keys(map));
    expect(pairs?.[2]).toEqual(['Orders "Admin", head', ['a', 'b']]);
  });

  it.each<readonly [string, RoleOptions, string | false | undefined]>([
    ['a space for scopes with a map', { claim: 'scope', map: { read: 'a' } }, ' '],
    ['a space for scp with a map', { claim: 'scp', map: { read: 'a' } }, ' '],
    ['the given one', { claim: 'scope', map: { read: 'a' }, separator: false }, false],
    ['none with a map', { claim: 'groups', map: { 'My group': 'a' } }, undefined],
    ['none without a map', { claim: 'scope' }, undefined],
  ])('have as separator %s', (_, options, separator) => {
    expect(roleRules(options).separator).toBe(separator);
  });

  it.each<readonly [string, RoleOptions, RegExp]>([
    ['an empty claim', { claim: '' }, /roles\.claim: found ""/],
    ['white space', { claim: ' roles' }, /roles\.claim/],
    ['a path that begins with a dot', { claim: '.roles' }, /roles\.claim/],
    ['a path that ends with a dot', { claim: 'realm_access.' }, /roles\.claim/],
    ['a path with an empty part', { claim: 'a..b' }, /roles\.claim/],
    ['a line break in a name', { claim: 'a\r\nb' }, /roles\.claim/],
    ['an invisible character in a name', { claim: 'ro\u200bles' }, /roles\.claim/],
    ['half a character in a name', { claim: 'roles\ud800' }, /roles\.claim/],
    ['an empty separator', { separator: '' }, /roles\.separator: .*false if a string is one value/],
    ['a letter as separator', { separator: 'x' }, /roles\.separator/],
    ['a long separator', { separator: ';'.repeat(9) }, /roles\.separator/],
    ['a separator that a name contains', { separator: ';', map: { 'a;b': 'x' } }, /roles\.separator.*"a;b"/],
    ['a space that a name contains', { separator: ' ', map: { 'a b': 'x' } }, /roles\.separator.*"a b"/],
    ['a scope that no token can have', { claim: 'scope', map: { 'a b': 'x' } }, /roles\.separator.*"a b"/],
    ['an empty map', { map: {} }, /roles\.map: found no value/],
    ['an empty name', { map: { '': 'x' } }, /roles\.map: found ""/],
    ['a blank name', { map: { '\t': 'x' } }, /roles\.map/],
    ['white space around a name', { map: { 'a ': 'x' } }, /roles\.map: found "a "/],
    ['half a character', { map: { '\ud800': 'x' } }, /roles\.map/],
    ['no role', { map: { a: [] } }, /roles\.map\.a/],
    ['an empty role', { map: { a: ['x', ' '] } }, /roles\.map\.a/],
    ['one name in two spellings', { map: { é: 'x', 'e\u0301': 'y' } }, /twice, in two spellings/],
    // A literal with this name has another prototype and no such name.
    [
      'a prototype',
      { map: { __proto__: ['x'], a: 'y' } as never },
      /roles\.map: found an object with another prototype/,
    ],
    ['no organization', { organizations: [] }, /roles\.organizations/],
    ['an empty organization', { organizations: [''] }, /roles\.organizations/],
  ])('cannot have %s', (_, options, message) => {
    expect(() => roleRules(options)).toThrow(/^identity-invalid at identity\.roles/);
    expect(() => roleRules(options)).toThrow(message);
  });
});
