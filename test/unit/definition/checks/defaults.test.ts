import { toStandardJsonSchema } from '@valibot/to-json-schema';
import Joi from 'joi';
import { Type } from 'typebox';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import * as mini from 'zod/mini';
import { object, withDefault } from '../../../../lib/definition/index.ts';
import { bodyFaults, faultsOf, read, text, withA, withRoute } from '../support.ts';

const filled = { ...text, default: 'd' } as const;

describe('the check of defaults', () => {
  it.each([
    ['of the whole body', withA(text, { default: {} }), ''],
    ['of a required property', withA(filled, { required: ['a'] }), '.properties.a'],
    ['of the items of a list', withA({ type: 'array', items: filled, maxItems: 2 }), '.properties.a.items'],
    [
      'of a place in a list',
      withA({ type: 'array', prefixItems: [filled], items: false }),
      '.properties.a.prefixItems.0',
    ],
    ['of any other property', withA(text, { additionalProperties: filled }), '.additionalProperties'],
    ['in a branch of anyOf', { anyOf: [withA(filled), withA(text)] }, '.anyOf.0.properties.a'],
    ['in a branch of oneOf', withA({ oneOf: [withA(filled), text] }), '.properties.a.oneOf.0.properties.a'],
    ['in a branch of allOf', withA(text, { allOf: [withA(filled)] }), '.allOf.0.properties.a'],
    ['of a branch itself', withA({ anyOf: [filled, { type: 'null' }] }), '.properties.a.anyOf.0'],
    // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
    ['below then', withA(text, { if: withA(text), then: withA(filled) }), '.then.properties.a'],
    [
      'deep below a branch',
      withA({ anyOf: [withA(withA(filled))] }),
      '.properties.a.anyOf.0.properties.a.properties.a',
    ],
    ['on which others depend', withA(filled, { dependentRequired: { a: ['b'] } }), '.properties.a'],
    [
      'with a name that reaches prototypes',
      withA({ ...withA(text), default: JSON.parse('{"__proto__":{}}') }),
      '.properties.a',
    ],
    ['that is a function', withA({ ...text, default: () => 'd' }), '.properties.a'],
    ['that is no number', withA({ type: ['number', 'null'], default: Number.NaN }), '.properties.a'],
    ['that is a date', withA({ ...text, maxLength: 40, default: new Date(0) }), '.properties.a'],
    ['of TypeBox on a required property', object({ a: Type.String(filled) }), '.properties.a'],
  ])('rejects a default %s', (_, body, location) => {
    expect(bodyFaults(body)).toContainEqual({ code: 'default-invalid', location: `routes.list.body${location}` });
  });

  const text9 = z.string().max(9);
  let count = 0;
  const inZod = (a: z.ZodType) => z.strictObject({ a });
  const inValibot = (a: v.GenericSchema) => toStandardJsonSchema(v.strictObject({ a }));
  const inJoi = (a: Joi.Schema) => Joi.object({ a });
  it.each([
    ['zod: a counter', inZod(z.int().default(() => (count += 1)))],
    [
      'zod: the time',
      inZod(
        z
          .string()
          .max(40)
          .default(() => new Date().toISOString()),
      ),
    ],
    ['zod: a random prefault', inZod(z.uuid().prefault(() => crypto.randomUUID()))],
    ['zod: a constant', inZod(text9.default(() => 'd'))],
    ['zod: the day, which two calls agree on', inZod(text9.default(() => new Date().toISOString().slice(0, 4)))],
    [
      'zod: a constant that hides in more wrappers',
      inZod(
        text9
          .prefault(() => 'd')
          .nullable()
          .readonly()
          .meta({ title: 'x' }),
      ),
    ],
    ['zod/mini: a constant', inZod(mini._default(mini.string(), () => 'd') as never)],
    ['valibot: a constant', inValibot(v.optional(v.pipe(v.string(), v.maxLength(9)), () => 'd'))],
    ['valibot: the day', inValibot(v.optional(v.string(), () => new Date().toDateString()))],
    ['valibot: undefinedable', inValibot(v.undefinedable(v.number(), 5))],
    [
      'JSON Schema: a getter',
      withA({
        ...text,
        get default() {
          return 'd';
        },
      }),
    ],
    ['zod: in a list', inZod(z.array(z.strictObject({ a: z.uuid().default(() => crypto.randomUUID()) })).max(2))],
    ['valibot: random', inValibot(v.optional(v.pipe(v.string(), v.uuid()), () => crypto.randomUUID()))],
    ['valibot: in the place of null', inValibot(v.nullable(v.pipe(v.string(), v.maxLength(9)), 'd'))],
    ['valibot: nullish', inValibot(v.nullish(v.pipe(v.string(), v.maxLength(9)), 'd'))],
    [
      'joi: a function',
      inJoi(
        Joi.string()
          .max(9)
          .default(() => 'd'),
      ),
    ],
    ['joi: a reference', inJoi(Joi.string().max(9).default(Joi.ref('b')))],
    ['joi: whatever is below', inJoi(Joi.object({ b: Joi.string().max(9).default('d') }).default())],
  ])('rejects a default that a library computes: %s', (_, body) => {
    expect(bodyFaults(body).map(({ code }) => code)).toContain('default-invalid');
  });

  it.each([
    ['TypeBox', object({ a: withDefault(Type.String({ maxLength: 9 }), 'd') })],
    ['TypeBox, without its type', object({ a: Type.Optional(Type.String(filled)) })],
    ['JSON Schema', withA(filled)],
    ['an object', withA({ ...withA(filled), default: {} })],
    ['a list of objects', withA({ type: 'array', items: withA(filled), maxItems: 3, default: [{}] })],
    ['a nullable property', withA({ ...text, nullable: true, default: null })],
    ['a property that is named default', { ...withA(text), properties: { default: text, flags: text, kind: text } }],
    ['zod default', inZod(z.string().max(9).default('d'))],
    ['zod prefault', inZod(z.string().max(9).prefault('d'))],
    ['zod default inside nullable', inZod(z.string().max(9).default('d').nullable())],
    ['zod/mini', inZod(mini._default(mini.string().check(mini.maxLength(9)), 'd') as never)],
    ['zod nullable', inZod(z.string().max(9).nullable().default(null))],
    ['valibot', inValibot(v.optional(v.pipe(v.string(), v.maxLength(9)), 'd'))],
    ['joi', inJoi(Joi.string().max(9).default('d'))],
    ['joi data with a member ref', inJoi(Joi.object({ ref: Joi.string().max(9) }).default({ ref: 'd' }))],
  ])('accepts a constant default: %s', (_, body) => {
    expect(bodyFaults(body)).toEqual([]);
  });

  it('says nothing of defaults in responses, which are documentation', () => {
    const body = { anyOf: [withA(filled), withA(text)] };
    expect(faultsOf(withRoute({ ...read, responses: { 200: { description: 'x', body } } }))).toEqual([]);
  });

  it('rejects a default of a path parameter', () => {
    const routes = withRoute(
      { ...read, path: object({ id: withDefault(Type.String({ maxLength: 9 }), 'd') }) },
      '/notes/{id}',
    );
    expect(faultsOf(routes)).toContainEqual({ code: 'default-invalid', location: 'routes.list.path.properties.id' });
  });
});

it('reports each property, also where the name of one starts with that of another', () => {
  const max = z.string().max(9);
  const body = z.strictObject({ a: max.default(() => 'x'), ab: z.array(max.default('x')).max(2) });
  const locations = bodyFaults(body).map(({ location }) => location);
  expect(locations).toContain('routes.list.body.properties.a');
  expect(locations).toContain('routes.list.body.properties.ab.items');
});
