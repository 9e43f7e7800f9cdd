import { toStandardJsonSchema } from '@valibot/to-json-schema';
import fc from 'fast-check';
import Joi from 'joi';
import { Type } from 'typebox';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { shopOf } from '../../examples/schemas/shop.ts';
import { type Api, object, type SchemaNode } from '../../lib/definition/index.ts';
import { schemaNode } from '../../lib/definition/schema.ts';
import { gatewayOpenApi } from '../../lib/openapi/index.ts';
import { compileResponseValidator, compileValidator } from '../../lib/validators/index.ts';
import { createModelCompiler } from '../../local/gateway/validation/models.ts';
import { bindings } from './layers.ts';

/** One number with a step, in each library. */
const SOURCES: Readonly<Record<string, (step: number) => object>> = {
  'JSON Schema': (multipleOf) => ({
    type: 'object',
    properties: { price: { type: 'number', multipleOf } },
    required: ['price'],
    additionalProperties: false,
  }),
  TypeBox: (multipleOf) => object({ price: Type.Number({ multipleOf }) }),
  'Zod multipleOf': (step) => z.strictObject({ price: z.number().multipleOf(step) }),
  'Zod step': (step) => z.strictObject({ price: z.number().step(step) }),
  Valibot: (step) => toStandardJsonSchema(v.strictObject({ price: v.pipe(v.number(), v.multipleOf(step)) })),
  Joi: (step) => Joi.object({ price: Joi.number().unsafe().multiple(step).required() }),
};

interface Layers {
  readonly request: (price: number) => boolean;
  readonly response: (price: number) => boolean;
  readonly gateway: (price: number) => boolean;
}

function layersOf(schema: object): Layers {
  const shop = shopOf(schema) as unknown as Api;
  const [route] = Object.values(shop.routes);
  if (route === undefined) throw new Error('no route');
  const body = schemaNode(schema) as SchemaNode;
  const request = compileValidator(route);
  const response = compileResponseValidator({
    ...route,
    responses: [{ status: 200, description: '', body, headers: {} }],
  });
  const document = gatewayOpenApi(shop, bindings) as unknown as Readonly<Record<string, unknown>>;
  const gateway = createModelCompiler(document)({ $ref: '#/components/schemas/PlaceOrderBody' });
  return {
    request: (price) => request({ path: {}, query: {}, headers: {}, body: { price } }),
    response: (price) => response({ s200: { price } }),
    gateway: (price) => gateway({ price }, true).length === 0,
  };
}

/** `digits` units of 10^-places as a decimal, by the digits alone: no arithmetic that could round. */
function decimal(digits: bigint, places: number): number {
  return Number(`${digits}e-${places}`);
}

const steps = fc.record({ units: fc.integer({ min: 1, max: 999 }), places: fc.integer({ min: 0, max: 9 }) });
const multiples = fc.array(
  fc.tuple(fc.maxSafeInteger(), fc.integer({ min: 0, max: 15 }), fc.integer({ min: 1, max: 9 })),
  {
    minLength: 60,
    maxLength: 60,
  },
);

describe('a decimal step', () => {
  it('accepts its multiples in decimal arithmetic and nothing between them, from every source in every layer', () => {
    let evaluated = 0;
    fc.assert(
      fc.property(steps, multiples, fc.constantFrom(...Object.keys(SOURCES)), ({ units, places }, drawn, source) => {
        const step = decimal(BigInt(units), places);
        const { request, response, gateway } = layersOf(SOURCES[source]?.(step) ?? {});
        for (const [integer, shift, off] of drawn) {
          // Small factors as often as large ones; with the step they keep within the 15 digits of a double.
          const factor = BigInt(integer % 10 ** Math.min(shift, 11));
          const on = decimal(factor * BigInt(units), places);
          const between = decimal(factor * BigInt(units) * 10n + BigInt(off), places + 1);
          const seen = [request(on), response(on), gateway(on), request(between), response(between)];
          expect(seen, `${on} and ${between} by ${step}`).toEqual([true, true, true, false, false]);
          evaluated += 1;
        }
      }),
      { numRuns: 200 },
    );
    expect(evaluated).toBeGreaterThanOrEqual(12_000);
  }, 120_000);

  it.each([
    [0.01, 19.99, true],
    [0.01, 19.995, false],
    [0.01, -19.99, true],
    [0.01, -0, true],
    [0.1, 0.3, true],
    // The sum 0.1 + 0.2 is written 0.30000000000000004, which is no multiple of 0.1.
    [0.1, 0.1 + 0.2, false],
    [0.05, 4.35, true],
    [0.3, 0.9, true],
    [0.3, 1e308, false],
    [2.5, 1e21, true],
    [2.5, 7.4, false],
    [3, 1e21, false],
    [10, 1e23, true],
    [1e21, 3e21, true],
    [1e21, 5e20, false],
    [1e-7, 0.1234567, true],
    [1e-7, 0.12345678, false],
    [1e-9, 123456.123456789, true],
    [1e-9, 1e308, true],
    [0.01, 5e-324, false],
    [5e-324, 1e308, true],
    [1, Number.MAX_SAFE_INTEGER, true],
    [0.01, 90071992547409.91, true],
    [0.01, 900719925474.991, false],
  ])('%d: %d is accepted: %s', (step, value, accepted) => {
    for (const source of Object.values(SOURCES)) {
      const { request, response, gateway } = layersOf(source(step));
      expect([request(value), response(value)]).toEqual([accepted, accepted]);
      expect(gateway(value) || !accepted).toBe(true);
    }
  });
});
