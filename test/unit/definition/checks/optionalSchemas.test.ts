import { toStandardJsonSchema } from '@valibot/to-json-schema';
import Joi from 'joi';
import { Type } from 'typebox';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { faultsOf, read, text, wholeFaultsOf, withA, withRoute } from '../support.ts';

const inTypeBox = Type.Object({ a: Type.String({ maxLength: 3 }) }, { additionalProperties: false });
const inZod = z.strictObject({ a: z.string().max(3) });
const inValibot = v.strictObject({ a: v.pipe(v.string(), v.maxLength(3)) });
const inJoi = Joi.object({ a: Joi.string().max(3).required() });
const known = (schema: v.GenericSchema) => toStandardJsonSchema(schema);

const MARKED: readonly (readonly [string, object, string])[] = [
  ['TypeBox', Type.Optional(inTypeBox), 'Type.Optional()'],
  ['JSON Schema', Type.Optional(withA(text) as never), 'Type.Optional()'],
  ['Zod', inZod.optional(), '.optional()'],
  ['Zod, around null', inZod.nullish(), '.optional()'],
  ['Zod, in null', inZod.optional().nullable(), '.optional()'],
  ['Zod, readonly', inZod.optional().readonly(), '.optional()'],
  ['Zod, lazy', z.lazy(() => inZod.optional()), '.optional()'],
  ['Zod, exact', z.exactOptional(inZod), '.optional()'],
  ['Zod, in a union', z.union([inZod, inZod.optional()]), '.optional()'],
  ['Valibot', v.optional(inValibot), 'v.optional()'],
  ['Valibot, with conversion', known(v.optional(inValibot)), 'v.optional()'],
  ['Valibot, exact', v.exactOptional(inValibot), 'v.exactOptional()'],
  ['Valibot, around null', v.nullish(inValibot), 'v.nullish()'],
  ['Valibot, undefined', v.undefinedable(inValibot), 'v.undefinedable()'],
  ['Valibot, in null', v.nullable(v.optional(inValibot)), 'v.optional()'],
  ['Valibot, in a pipe', v.pipe(v.optional(inValibot), v.readonly()), 'v.optional()'],
  ['Valibot, in a union', v.union([inValibot, v.optional(inValibot)]), 'v.optional()'],
  ['Joi', inJoi.optional(), '.optional()'],
];
const PLAIN: readonly (readonly [string, object])[] = [
  ['TypeBox', inTypeBox],
  ['JSON Schema', withA(text)],
  ['Zod', inZod],
  ['Zod, not optional again', inZod.optional().nonoptional()],
  ['Zod, of an optional property', z.strictObject({ a: z.string().max(3).optional() })],
  ['Valibot', inValibot],
  ['Valibot, not optional again', v.nonOptional(v.optional(inValibot))],
  ['Valibot, of an optional property', v.strictObject({ a: v.optional(v.pipe(v.string(), v.maxLength(3))) })],
  ['Joi', inJoi],
  ['Joi, required', inJoi.required()],
];

describe('a whole schema that is marked as optional', () => {
  it.each(MARKED)('is a fault of a body, with the option that is meant: %s', (_, body, mark) => {
    expect(wholeFaultsOf(withRoute({ ...read, body }))).toEqual([
      {
        code: 'body-type-invalid',
        location: 'routes.list.body',
        found: `${mark} around the whole body`,
        expected: 'the schema of the body itself',
        fix: `Remove ${mark}, and set bodyRequired: false beside body.`,
      },
    ]);
  });

  it.each(MARKED)('is a fault of a query and of a response, where it would have no effect: %s', (_, schema, mark) => {
    const responses = { 200: { description: 'x', body: schema } };
    const faults = wholeFaultsOf(withRoute({ ...read, query: schema, responses }));
    for (const location of ['routes.list.query', 'routes.list.responses.200.body']) {
      expect(faults).toContainEqual(
        expect.objectContaining({
          code: 'schema-not-expressible',
          location,
          fix: expect.stringContaining(`Remove ${mark}`),
        }),
      );
    }
  });

  it.each(PLAIN)('is none without the mark: %s', (_, schema) => {
    const responses = { 200: { description: 'x', body: schema } };
    expect(faultsOf(withRoute({ ...read, body: schema, query: schema, responses }))).toEqual([]);
    expect(faultsOf(withRoute({ ...read, body: schema, bodyRequired: false }))).toEqual([]);
  });

  it('is another fault with a default', () => {
    for (const body of [inZod.default({ a: 'x' }), v.optional(inValibot, { a: 'x' }), inJoi.default({ a: 'x' })]) {
      expect(faultsOf(withRoute({ ...read, body }))).toEqual([
        { code: 'default-invalid', location: 'routes.list.body' },
      ]);
    }
  });

  it('is none of a claim, which a token can be without', () => {
    const org = Type.Optional(Type.String({ maxLength: 9, pattern: '^[a-z]+$' }));
    expect(faultsOf({ claims: { org } })).toEqual([]);
  });
});
