import fc from 'fast-check';
import Joi from 'joi';
import { type TSchema, Type } from 'typebox';
import { Value } from 'typebox/value';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readSchema } from '../../lib/definition/schema.ts';
import { functionOf } from '../unit/definition/sources/support.ts';

/** Ways to make a schema in one library: leaves, and what goes around them. Undefined where the library has none. */
interface Maker<Schema> {
  readonly leaves: readonly (() => Schema)[];
  readonly list: (item: Schema, max: number) => Schema;
  readonly object: (a: Schema, b: Schema, options: { readonly optional: boolean; readonly open: boolean }) => Schema;
  readonly either: (one: Schema, other: Schema) => Schema;
  readonly nullable: (schema: Schema) => Schema;
  readonly map: (value: Schema) => Schema;
  readonly tuple: (one: Schema, other: Schema) => Schema;
  readonly accepts: (schema: Schema, value: unknown) => boolean;
  readonly listsAreObjects?: boolean;
}

const ZOD: Maker<z.ZodType> = {
  leaves: [
    ...[
      () => z.string().max(3),
      () =>
        z
          .string()
          .min(1)
          .regex(/^[a-c]+$/i),
      () => z.string().startsWith('a').endsWith('b'),
    ],
    ...[
      () => z.int().min(-2).max(5),
      () => z.number().multipleOf(2).gt(0),
      () => z.boolean(),
      () => z.enum(['a', 'ab']),
    ],
    ...[
      () => z.literal([1, 'a', null]),
      () => z.iso.date(),
      () => z.uuid(),
      () => z.ipv4(),
      () => z.url(),
      () => z.email(),
    ],
    ...[
      () => z.string().lowercase().includes('b'),
      () => z.base64(),
      () => z.iso.datetime({ offset: true }),
      () => z.hostname(),
    ],
  ],
  list: (item, max) => z.array(item).min(1).max(max),
  object: (a, b, { optional, open }) => (open ? z.looseObject : z.strictObject)({ a: optional ? a.optional() : a, b }),
  either: (one, other) => z.union([one, other]),
  nullable: (schema) => schema.nullable(),
  map: (value) => z.record(z.string().regex(/^[ab]{1,2}$/), value),
  tuple: (one, other) => z.tuple([one, other]),
  accepts: (schema, value) => schema.safeParse(value).success,
};

const VALIBOT: Maker<v.GenericSchema> = {
  leaves: [
    ...[() => v.pipe(v.string(), v.maxLength(3)), () => v.pipe(v.string(), v.nonEmpty(), v.regex(/^[a-c]+$/i))],
    ...[
      () => v.pipe(v.string(), v.startsWith('a'), v.endsWith('b')),
      () => v.pipe(v.number(), v.integer(), v.minValue(-2), v.maxValue(5)),
    ],
    ...[() => v.pipe(v.number(), v.multipleOf(2), v.gtValue(0)), () => v.boolean(), () => v.picklist(['a', 'ab', 1])],
    ...[
      () => v.literal('a'),
      () => v.pipe(v.string(), v.isoDate()),
      () => v.pipe(v.string(), v.uuid()),
      () => v.pipe(v.string(), v.ip()),
    ],
    ...[
      () => v.pipe(v.string(), v.url()),
      () => v.pipe(v.string(), v.email()),
      () => v.pipe(v.string(), v.isoTimestamp()),
    ],
    ...[
      () => v.pipe(v.string(), v.excludes('b'), v.notValue('c')),
      () => v.pipe(v.string(), v.base64()),
      () => v.pipe(v.string(), v.domain()),
    ],
  ],
  list: (item, max) => v.pipe(v.array(item), v.minLength(1), v.maxLength(max)),
  object: (a, b, { optional, open }) => {
    const entries = { a: optional ? v.optional(a) : a, b };
    return open ? v.looseObject(entries) : v.strictObject(entries);
  },
  either: (one, other) => v.union([one, other]),
  nullable: (schema) => v.nullable(schema),
  map: (value) => v.record(v.pipe(v.string(), v.regex(/^[ab]{1,2}$/)), value),
  tuple: (one, other) => v.strictTuple([one, other]),
  accepts: (schema, value) => v.is(schema, value),
  listsAreObjects: true,
};

const JOI: Maker<Joi.Schema> = {
  leaves: [
    ...[() => Joi.string().max(3), () => Joi.string().pattern(/^[a-c]+$/i), () => Joi.string().allow('').max(2)],
    ...[
      () => Joi.number().integer().min(-2).max(5),
      () => Joi.number().multiple(2).greater(0),
      () => Joi.boolean(),
      () => Joi.valid('a', 'ab'),
    ],
    ...[
      () => Joi.valid(1, 'a', null),
      () => Joi.string().isoDate(),
      () => Joi.string().guid(),
      () => Joi.string().hostname(),
    ],
    ...[
      () => Joi.string().uri(),
      () => Joi.string().email({ tlds: false }),
      () => Joi.string().alphanum().invalid('a'),
      () => Joi.string().base64(),
    ],
    ...[() => Joi.string().hex(), () => Joi.number()],
  ],
  list: (item, max) => Joi.array().items(item).min(1).max(max),
  object: (a, b, { optional, open }) => Joi.object({ a: optional ? a : a.required(), b: b.required() }).unknown(open),
  either: (one, other) => Joi.alternatives(one, other),
  nullable: (schema) => schema.allow(null),
  map: (value) => Joi.object().pattern(/^[ab]{1,2}$/, value),
  tuple: (one, other) => Joi.array().ordered(one.required(), other.required()),
  accepts: (schema, value) => schema.validate(value, { convert: false }).error === undefined,
};

const TYPEBOX: Maker<TSchema> = {
  leaves: [
    ...[
      () => Type.String({ maxLength: 3 }),
      () => Type.String({ minLength: 1, pattern: '^[a-cA-C]+$' }),
      () => Type.Boolean(),
    ],
    ...[() => Type.Integer({ minimum: -2, maximum: 5 }), () => Type.Number({ multipleOf: 2, exclusiveMinimum: 0 })],
    ...[
      () => Type.Enum(['a', 'ab']),
      () => Type.Literal(1),
      () => Type.TemplateLiteral([Type.Literal('a-'), Type.Enum(['0', '1'])]),
      () => Type.Null(),
    ],
  ],
  list: (item, max) => Type.Array(item, { minItems: 1, maxItems: max }),
  object: (a, b, { optional, open }) =>
    Type.Object({ a: optional ? Type.Optional(a) : a, b }, open ? {} : { additionalProperties: false }),
  either: (one, other) => Type.Union([one, other]),
  nullable: (schema) => Type.Union([schema, Type.Null()]),
  map: (value) => Type.Record(Type.String({ pattern: '^[ab]{1,2}$' }), value, { additionalProperties: false }),
  tuple: (one, other) => Type.Tuple([one, other]),
  accepts: (schema, value) => Value.Check(schema, value),
};

function schemas<Schema>(make: Maker<Schema>): fc.Arbitrary<Schema> {
  const leaf = fc.constantFrom(...make.leaves).map((create) => create());
  const around = (inner: fc.Arbitrary<Schema>): fc.Arbitrary<Schema> =>
    fc.oneof(
      inner,
      fc.tuple(inner, fc.integer({ min: 1, max: 3 })).map(([item, max]) => make.list(item, max)),
      fc
        .tuple(inner, inner, fc.record({ optional: fc.boolean(), open: fc.boolean() }))
        .map((parts) => make.object(...parts)),
      fc.tuple(inner, inner).map((parts) => make.either(...parts)),
      fc.tuple(inner, inner).map((parts) => make.tuple(...parts)),
      inner.map(make.nullable),
      inner.map(make.map),
    );
  return around(around(leaf));
}

/** Strings of the kind that the leaves take, right and just wrong. */
const STRINGS = [
  ...[
    '',
    'a',
    'A',
    'ab',
    'aB',
    'abc',
    'abcd',
    'd',
    '1',
    'b',
    'c',
    'a-1',
    'a-2',
    'cafe',
    '0x1f',
    'YQ==',
    'YQ',
    'YWI=',
    'YR==',
  ],
  ...[
    '2024-02-29',
    '2023-02-29',
    '2024-13-01',
    '2024-02-29T01:02:03Z',
    '2024-02-29T01:02:03+01:00',
    '2024-02-29 01:02:03Z',
  ],
  ...[
    '123e4567-e89b-12d3-a456-426614174000',
    '123e4567e89b12d3a456426614174000',
    '192.0.2.1',
    '192.0.2.256',
    '::1',
    '1.2.3',
  ],
  ...[
    'https://example.com',
    'https://a.example:8443/b?c#d',
    'https://example.com:99999',
    'https://1.2.3.999',
    'https://',
    'https://xn--a',
  ],
  ...[
    'a@example.com',
    'a@example',
    'a.@example.com',
    'a@b-.com',
    `${'a'.repeat(65)}@example.com`,
    'example.com',
    '-a.example',
    'a_b.example',
  ],
];
const scalars = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...STRINGS) },
  { weight: 2, arbitrary: fc.constantFrom(0, 1, 2, 4, 5, 6, -2, -3, 1.5, 2 ** 53, true, false, null) },
);
const values = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: 'small' },
    { weight: 3, arbitrary: scalars },
    { weight: 2, arbitrary: fc.array(tie('value'), { maxLength: 3 }) },
    {
      weight: 2,
      arbitrary: fc.record(
        { a: tie('value'), b: tie('value'), c: tie('value') },
        { requiredKeys: [], noNullPrototype: true },
      ),
    },
  ),
})).value;

/** Strings that a library accepts and a function rejects, as `docs/schemas.md` says: of the forms of a format only some. */
const NARROWED = /https?:|^(?:::1|[\d-]+|.*\d{2}:.*|[0-9a-f]{32}|[\d.]+)$/;
/** Valibot takes a list for an object, too. */
const holdsList = (value: unknown): boolean =>
  typeof value === 'object' && value !== null && (Array.isArray(value) || Object.values(value).some(holdsList));
const holdsNarrowed = (value: unknown): boolean =>
  typeof value === 'string'
    ? NARROWED.test(value)
    : typeof value === 'object' && value !== null && Object.values(value).some(holdsNarrowed);

const RUNS = 250;
const VALUES = 60;

describe('a library and the functions accept the same', () => {
  function compare<Schema extends object>(make: Maker<Schema>) {
    let compared = 0;
    let accepted = 0;
    fc.assert(
      fc.property(schemas(make), fc.array(values, { minLength: VALUES, maxLength: VALUES }), (schema, all) => {
        const validate = functionOf(schema);
        if (typeof validate === 'string') throw new Error(`reported: ${validate}`);
        for (const value of all) {
          const [theirs, ours] = [make.accepts(schema, value), validate(value)];
          compared += 1;
          if (ours) accepted += 1;
          // Nothing that the library rejects passes; what it accepts passes, unless a format is documented as narrower.
          const isNarrower = theirs && (holdsNarrowed(value) || (make.listsAreObjects === true && holdsList(value)));
          if (theirs !== ours && !isNarrower) {
            const read = JSON.stringify(readSchema(schema));
            expect({ read, value, accepted: ours }).toEqual({ read, value, accepted: theirs });
          }
        }
      }),
      { numRuns: RUNS },
    );
    expect(compared).toBe(RUNS * VALUES);
    expect(accepted).toBeGreaterThan(100);
  }

  it('Zod: 250 schemas, 15,000 values', { timeout: 120_000 }, () => compare(ZOD));
  it('Valibot: 250 schemas, 15,000 values', { timeout: 120_000 }, () => compare(VALIBOT));
  it('Joi: 250 schemas, 15,000 values', { timeout: 120_000 }, () => compare(JOI));
  it('TypeBox: 250 schemas, 15,000 values', { timeout: 120_000 }, () => compare(TYPEBOX));
});
