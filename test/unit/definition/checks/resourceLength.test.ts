import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { accessPolicy } from '../../../../lib/access/policy.ts';
import { defineApi, get, object, post } from '../../../../lib/definition/index.ts';
import { TODAY } from '../../../support/ledger.ts';
import { policyWriter } from '../../authorizer/support/policies.ts';
import { base, faultsOf, ok, wholeFaultsOf } from '../support.ts';

const text = (maxLength: number) => Type.String({ maxLength, pattern: '^[a-z0-9-]+$' });
const id = Type.String({ maxLength: 200, pattern: '^[a-z]+$' });
const fault = [{ code: 'where-invalid', location: 'routes.list.where' }];

function routeWith(claims: Record<string, unknown>, path: string, access: object = { permission: 'note:read' }) {
  const names = [...path.matchAll(/\{([^}]*)\}/g)].map(([, name = '']) => name);
  const where = Object.fromEntries(Object.keys(claims).map((name) => [`path.${name}`, `claims.${name}`]));
  const rules = Object.keys(claims).length === 0 ? {} : { where };
  const schema = names.length === 0 ? {} : { path: object(Object.fromEntries(names.map((name) => [name, id]))) };
  return { claims, routes: { list: get(path as '/x', { ...access, ...rules, ...schema, ...ok } as never) } };
}

describe('the resource of a route in a policy', () => {
  it.each<readonly [string, Record<string, unknown>, string]>([
    ['two long claims', { x: text(128), y: text(128) }, `/${'a'.repeat(100)}/{x}/${'b'.repeat(100)}/{y}/z`],
    ['three long claims', { x: text(128), y: text(128), z: text(128) }, '/{x}/{y}/{z}'],
    ['one long claim after a long path', { x: text(128) }, `/${'a'.repeat(200)}/{x}`],
    ['a long value of a list', { x: Type.Literal('v'.repeat(128)) }, `/${'a'.repeat(200)}/{x}`],
    ['a long integer', { x: Type.Integer() }, `/${'a'.repeat(300)}/{x}`],
  ])('with %s is a fault of the definition', (_, claims, path) => {
    expect(faultsOf(routeWith(claims, path))).toEqual(fault);
  });

  it('without claims is a fault, too, if it needs a token', () => {
    const path = `/${'a'.repeat(320)}`;
    expect(faultsOf(routeWith({}, path))).toEqual([{ code: 'path-invalid', location: 'routes.list' }]);
    expect(faultsOf(routeWith({}, path, { public: 'Read by monitoring' }))).toEqual([]);
  });

  it.each<readonly [string, Record<string, unknown>, string]>([
    ['two long claims', { x: text(128), y: text(128) }, '/tenants/{x}/users/{y}'],
    [
      'values that a pattern keeps short',
      { x: Type.String({ maxLength: 128, pattern: '^[a-z]{3}$' }) },
      `/${'a'.repeat(280)}/{x}`,
    ],
    ['a UUID', { x: Type.String({ format: 'uuid' }) }, `/${'a'.repeat(250)}/{x}`],
    ['a boolean', { x: Type.Boolean() }, `/${'a'.repeat(290)}/{x}`],
    ['a bounded integer', { x: Type.Integer({ minimum: 0, maximum: 9 }) }, `/${'a'.repeat(295)}/{x}`],
    ['long parameters that no claim is compared with', {}, '/{x}/{y}/{z}/{u}'],
  ])('with %s fits', (_, claims, path) => {
    expect(faultsOf(routeWith(claims, path))).toEqual([]);
  });

  it('fits on every stage if the definition is accepted, and is one character too long if it is not', () => {
    const stage = `arn:aws-us-gov:execute-api:ap-southeast-99:123456789012:abcdefghij/${'s'.repeat(128)}`;
    const value = 'v'.repeat(128);
    const longest = (letters: number) => {
      const { claims, routes } = routeWith({ x: text(128) }, `/${'a'.repeat(letters)}/{x}`);
      return { claims, routes: { list: post(routes.list.path as '/x', routes.list.options as never) } };
    };
    const letters =
      Array.from({ length: 300 }, (_, i) => i + 1).findLast((n) => faultsOf(longest(n)).length === 0) ?? 0;
    const api = defineApi({ ...base, ...longest(letters) } as never, { today: TODAY });
    const caller = { permissions: ['note:read'], scopes: [], claims: { x: value }, permitted: true };
    const { Statement } = policyWriter(accessPolicy(api))({ ...caller, methodArn: `${stage}/POST/x` });
    const lengths = Statement.flatMap(({ Resource }) => Resource.map(({ length }) => length));
    expect(Math.max(...lengths)).toBe(512);
    expect(wholeFaultsOf(longest(letters + 1))[0]).toMatchObject({ found: 'a resource of up to 513 characters' });
  });
});
