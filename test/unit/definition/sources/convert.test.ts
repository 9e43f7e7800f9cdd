import { toStandardJsonSchema } from '@valibot/to-json-schema';
import Joi from 'joi';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { shop as joi } from '../../../../examples/schemas/joi.ts';
import { shop as jsonSchema } from '../../../../examples/schemas/jsonSchema.ts';
import { shopOf } from '../../../../examples/schemas/shop.ts';
import { shop as typebox } from '../../../../examples/schemas/typebox.ts';
import { shop as valibot } from '../../../../examples/schemas/valibot.ts';
import { shop as zod } from '../../../../examples/schemas/zod.ts';
import { handlersOf } from '../../../../lambdas/runtime/index.ts';
import { type Api, DefinitionError } from '../../../../lib/definition/index.ts';
import { gatewayOpenApi } from '../../../../lib/openapi/index.ts';
import { validatorSource } from '../../../../lib/validators/index.ts';
import { bindings } from '../../../property/layers.ts';
import { call, serveApi, silenceTelemetry } from '../../runtime/support.ts';

silenceTelemetry();

const shops = { typebox, jsonSchema, zod, valibot, joi };
const line = { sku: 'ABCD1', quantity: 2 };
const order = { email: 'a@example.com', lines: [line] };

describe.each(Object.entries(shops))('an order in %s', (_library, shop) => {
  const handler = handlersOf<typeof typebox>()('placeOrder', ({ body }) => {
    // Typed by the schema: this line compiles only if the library's type came through.
    const quantity: number = body.lines[0]?.quantity ?? 0;
    if (quantity !== 2) throw new Error('another order');
    return { status: 204 };
  });
  const statusOf = async (body: unknown) =>
    (
      await call(serveApi(shop as unknown as Api, [handler]), {
        method: 'POST',
        resource: '/orders',
        roles: 'buyer',
        body,
      })
    ).statusCode;

  it('is accepted', async () => {
    expect(await statusOf(order)).toBe(204);
    expect(await statusOf({ ...order, note: 'Please ring twice.' })).toBe(204);
  });

  it.each([
    ['a text that is no address', { ...order, email: 'a' }],
    ['no line', { ...order, lines: [] }],
    ['too many lines', { ...order, lines: Array.from({ length: 21 }, () => line) }],
    ['a fraction', { ...order, lines: [{ ...line, quantity: 1.5 }] }],
    ['a number as text', { ...order, lines: [{ ...line, quantity: '2' }] }],
    ['another pattern', { ...order, lines: [{ ...line, sku: 'abcd1' }] }],
    ['too long a note', { ...order, note: 'x'.repeat(201) }],
    ['an unknown property', { ...order, role: 'admin' }],
    ['an unknown property further down', { ...order, lines: [{ ...line, price: 0 }] }],
    ['a control character', { ...order, note: 'a\u0000' }],
  ])('is rejected with %s', async (_what, body) => {
    expect(await statusOf(body)).toBe(400);
  });

  it('leaves nothing of the library in validator and gateway body', () => {
    const { request, response } = validatorSource(shop.routes.placeOrder);
    const text = [request, response, JSON.stringify(gatewayOpenApi(shop as unknown as Api, bindings))].join();
    expect(text).not.toMatch(/\$schema|~standard|zod|joi|valibot/i);
  });
});

describe('what JSON Schema cannot express is reported', () => {
  const faultsOf = (schema: object) => {
    try {
      shopOf(schema);
      return [];
    } catch (error) {
      if (error instanceof DefinitionError)
        return error.faults.map(
          ({ code, location, found }) => `${code} ${location.replace('routes.placeOrder.body', '')} ${found}`,
        );
      throw error;
    }
  };
  const inZod = (schema: z.ZodType) => z.strictObject({ a: schema });
  const inValibot = (schema: v.GenericSchema) => toStandardJsonSchema(v.strictObject({ a: schema }));
  const inJoi = (schema: Joi.Schema) => Joi.object({ a: schema });
  const short = z.string().max(9);

  it.each<readonly [string, object, RegExp]>([
    ['zod transform', inZod(short.transform(Number)), /expressible \.properties\.a .*\.transform/],
    ['zod preprocess', inZod(z.preprocess(String, short)), /expressible \.properties\.a .*pipe/],
    ['zod refine', inZod(short.refine((text) => text !== 'x')), /expressible \.properties\.a .*refine/],
    ['zod superRefine', inZod(short.superRefine(() => undefined)), /expressible \.properties\.a .*refine/],
    ['zod refine of the object', inZod(short).refine(() => true), /expressible {2}.*refine/],
    ['zod trim', inZod(short.trim()), /expressible \.properties\.a .*trim/],
    ['zod coerce', inZod(z.coerce.number()), /expressible \.properties\.a .*coerce/],
    ['zod date', inZod(z.date()), /expressible \.properties\.a .*date/],
    ['zod custom', inZod(z.custom()), /expressible \.properties\.a .*custom/],
    ['zod catch', inZod(short.catch('a')), /expressible \.properties\.a .*catch/],
    ['zod bigint', inZod(z.bigint()), /expressible .*z\.bigint/],
    ['zod map', inZod(z.map(short, short)), /expressible .*z\.map/],
    [
      'zod in a list in a union',
      inZod(z.union([z.array(short.trim()).max(2), z.null()])),
      /expressible \.properties\.a\.anyOf\.0\.items .*trim/,
    ],
    [
      'valibot transform',
      inValibot(v.pipe(v.string(), v.maxLength(9), v.transform(Number))),
      /expressible .*v\.transform\(/,
    ],
    ['valibot trim', inValibot(v.pipe(v.string(), v.trim(), v.maxLength(9))), /expressible .*v\.trim\(/],
    [
      'valibot check',
      inValibot(
        v.pipe(
          v.string(),
          v.maxLength(9),
          v.check(() => true),
        ),
      ),
      /expressible .*v\.check\(/,
    ],
    ['valibot date', inValibot(v.date()), /expressible .*v\.date\(/],
    ['joi date', inJoi(Joi.date()), /expressible \.properties\.a .*date/],
    [
      'joi custom',
      inJoi(
        Joi.string()
          .max(9)
          .custom((value) => value),
      ),
      /expressible \.properties\.a .*custom/,
    ],
    [
      'joi external',
      inJoi(
        Joi.string()
          .max(9)
          .external(() => undefined),
      ),
      /expressible \.properties\.a .*external\(/,
    ],
    ['joi trim', inJoi(Joi.string().max(9).trim()), /expressible \.properties\.a .*trim/],
    [
      'joi when',
      Joi.object({ b: Joi.boolean(), a: Joi.string().max(9).when('b', { is: true, otherwise: Joi.required() }) }),
      /expressible \.properties\.a .*when\(/,
    ],
    ['joi and', inJoi(Joi.string().max(9)).and('a', 'b'), /expressible {2}.*and\(\)/],
    ['joi rename', inJoi(Joi.boolean()).rename('b', 'a'), /expressible {2}.*rename\(\)/],
    [
      'joi ref',
      Joi.object({ b: Joi.number(), a: Joi.number().min(Joi.ref('b')) }),
      /expressible \.properties\.a .*min/,
    ],
    ['joi binary', inJoi(Joi.binary()), /expressible \.properties\.a .*binary/],
    [
      'joi in a list',
      inJoi(Joi.array().items(Joi.string().max(3).lowercase()).max(2)),
      /expressible \.properties\.a\.items .*case/,
    ],
  ])('%s', (_name, schema, expected) => {
    const faults = faultsOf(schema);
    expect(faults.join('\n')).toMatch(expected);
    expect(faults.every((fault) => fault.startsWith('schema-not-expressible'))).toBe(true);
  });

  it('a schema of a library whose rules are not known is reported, whatever it converts to', () => {
    const schema = {
      '~standard': { version: 1, vendor: 'other', validate: () => ({ value: 1 }), jsonSchema: { input: () => ({}) } },
    };
    expect(faultsOf(schema)).toEqual([
      expect.stringMatching(/schema-not-expressible .*a schema of other, whose rules are not known/),
    ]);
  });

  it('open objects of a library are rejected like others', () => {
    expect(faultsOf(z.object({ a: short }))).toEqual([expect.stringMatching(/^object-open/)]);
    expect(faultsOf(Joi.object({ a: Joi.boolean() }).unknown())).toEqual([expect.stringMatching(/^object-open/)]);
  });
});
