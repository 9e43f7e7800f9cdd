import { describe, expect, it } from 'vitest';
import { claimNamed, stringsOf } from '../../../lambdas/shared/claimValues.ts';

describe('a claim is found by its name', () => {
  const roles = ['editor'];

  it.each<readonly [string, object, unknown]>([
    ['roles', { roles }, roles],
    ['roles', {}, undefined],
    ['realm_access.roles', { realm_access: { roles } }, roles],
    ['resource_access.my-app.roles', { resource_access: { 'my-app': { roles } } }, roles],
    ['resource_access.my.app.roles', { resource_access: { 'my.app': { roles } } }, roles],
    ['https://api.example.com/roles', { 'https://api.example.com/roles': roles }, roles],
    ['https://api.example.com/claims.roles', { 'https://api.example.com/claims': { roles } }, roles],
    // A claim of the whole name takes precedence.
    ['realm_access.roles', { 'realm_access.roles': ['viewer'], realm_access: { roles } }, ['viewer']],
    ['realm_access.roles', { realm_access: { other: 1 } }, undefined],
    ['realm_access.roles', { realm_access: null }, undefined],
    ['realm_access.roles', { realm_access: 'roles' }, undefined],
    ['groups.0', { groups: roles }, undefined],
    ['groups.length', { groups: 'text' }, undefined],
    ['constructor.name', {}, undefined],
    ['__proto__.constructor', {}, undefined],
    ['a.toString', { a: {} }, undefined],
    ['.roles', { roles }, undefined],
    ['roles.', { roles: { '': 1 } }, 1],
  ])('%s in %j', (name, claims, value) => {
    expect(claimNamed(name, claims)).toEqual(value);
  });

  it('in linear time: an absent name of many dots', () => {
    let claims: object = {};
    for (let depth = 0; depth < 16; depth += 1) claims = { a: claims };
    expect(claimNamed(Array.from({ length: 40 }, () => 'a').join('.'), claims)).toBeUndefined();
  });
});

describe('the strings of a claim', () => {
  it.each([
    ['documents.read openid', ['documents.read', 'openid']],
    ['a,b  c', ['a,b', 'c']],
    [
      ['a,b', 7, 'c d'],
      ['a,b', 'c d'],
    ],
    ['', []],
    [{ a: true }, []],
    [undefined, []],
  ])('%j', (claim, strings) => {
    expect(stringsOf(claim)).toEqual(strings);
  });
});
