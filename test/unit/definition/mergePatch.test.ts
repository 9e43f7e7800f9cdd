import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { DefinitionError, defineApi, defineRoles, mergePatchOf, object, patch } from '../../../lib/definition/index.ts';
import { readSchema } from '../../../lib/definition/schema.ts';
import { compileValidator } from '../../../lib/validators/index.ts';

const Address = object({ city: Type.String({ maxLength: 50 }), zip: Type.Optional(Type.String({ maxLength: 9 })) });
const Order = object(
  {
    item: Type.String({ minLength: 1, maxLength: 50 }),
    note: Type.Optional(Type.String({ maxLength: 50 })),
    state: Type.Optional(Type.String({ maxLength: 50, default: 'new' })),
    count: Type.Integer({ default: 1 }),
    kind: Type.Optional(Type.Enum(['a', 'b'])),
    tags: Type.Optional(Type.Array(Type.String({ maxLength: 9 }), { maxItems: 3 })),
    address: Address,
    billing: Type.Optional(Address),
  },
  { minProperties: 2 },
);

/** Whether a body is valid as a patch of a schema, and what becomes of it. */
function check(schema: object, body: unknown) {
  const api = defineApi({
    name: 'orders',
    version: '1.0.0',
    roles: defineRoles({ user: { can: ['order:write'] } }, { reviewed: '2026-11-01' }),
    tiers: { free: { rate: 10, burst: 20, quota: { requests: 1_000, per: 'DAY' } } },
    routes: {
      change: patch('/orders', {
        permission: 'order:write',
        body: mergePatchOf(schema),
        bodyType: 'application/merge-patch+json',
        responses: { 204: { description: 'Done' } },
      }),
    },
  });
  const request = { path: {}, query: {}, headers: {}, body };
  return { valid: compileValidator(api.routes.change)(request), body: request.body };
}

describe('the schema of a merge patch', () => {
  it.each<readonly [string, object]>([
    ['nothing', {}],
    ['one property', { item: 'tea' }],
    ['a removed one', { note: null, kind: null, tags: null, billing: null }],
    ['a list as a whole', { tags: ['a'] }],
    ['a part of an object', { address: { zip: null } }],
    ['an object that was not there', { billing: { city: 'Bern' } }],
  ])('takes %s, and adds no default', (_, body) => {
    expect(check(Order, structuredClone(body))).toEqual({ valid: true, body });
  });

  it.each<readonly [string, unknown]>([
    ['the removal of what is required', { item: null }],
    ['the removal of what is required in an object', { address: { city: null } }],
    ['the removal of a required object', { address: null }],
    ['the removal of what has a default, which handlers rely on', { state: null }],
    ['an unknown property', { other: 1 }],
    ['an unknown property in an object', { address: { other: 1 } }],
    ['a value that breaks a rule', { item: '' }],
    ['another value', { kind: 'c' }],
    ['null in a list', { tags: [null] }],
    ['no object', null],
    ['a list', []],
  ])('rejects %s', (_, body) => {
    expect(check(Order, body).valid).toBe(false);
  });

  it('takes records, in which each name can be removed', () => {
    const schema = {
      type: 'object',
      additionalProperties: { type: 'integer' },
      propertyNames: { maxLength: 9 },
      maxProperties: 5,
    };
    expect(check(schema, { a: 1, b: null }).valid).toBe(true);
    expect(check(schema, { a: 'x' }).valid).toBe(false);
  });

  it('can be derived from a schema of another library', () => {
    const schema = z.strictObject({ item: z.string().max(50), note: z.string().max(50).optional() });
    expect(check(schema, { note: null }).valid).toBe(true);
    expect(check(schema, { item: null }).valid).toBe(false);
  });

  it('is data that projections read as any other schema', () => {
    const read = readSchema(
      mergePatchOf(object({ a: Type.Optional(Type.String({ maxLength: 9, 'x-sensitive': true })) })),
    );
    expect(read).toMatchObject({
      node: {
        type: 'object',
        properties: { a: { type: ['string', 'null'], 'x-sensitive': true } },
        additionalProperties: false,
      },
    });
  });

  it('has another name than the schema, so that both can be in one definition', () => {
    const named = object({ a: Type.Integer() }, { $id: 'https://example.com/schemas/Note.json', title: 'Note' });
    expect(readSchema(mergePatchOf(named))).toMatchObject({ node: { $id: 'NotePatch', title: 'Note patch' } });
  });

  it.each<readonly [string, object]>([
    ['a list', Type.Array(Type.Integer())],
    ['a string', Type.String()],
    ['anyOf in an object', { type: 'object', properties: {}, anyOf: [{ required: ['a'] }] }],
    ['a choice of objects', object({ a: Type.Union([object({ b: Type.Integer() }), Type.Null()]) })],
    ['what its library cannot express', z.object({ a: z.date() })],
  ])('cannot be derived from %s', (_, schema) => {
    expect(() => mergePatchOf(schema)).toThrow(DefinitionError);
    expect(() => mergePatchOf(schema)).toThrow('schema-not-expressible');
  });
});
