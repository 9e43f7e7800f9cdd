import fc from 'fast-check';
import type { SchemaNode } from '../../lib/definition/schema.ts';

/** A schema with values that are meant for it: most fit, some just miss. */
export interface Sample {
  readonly schema: SchemaNode;
  readonly values: readonly unknown[];
  /** Where more of them come from. */
  readonly value: fc.Arbitrary<unknown>;
}

const PATTERNS = [
  '^[a-z0-9-]*$',
  '^\\w+$',
  '^.{0,3}$',
  '^[^<>]{1,2}$',
  '^(?:a|b)+$',
  '^(?!x)',
  'a{2,}',
  '\\p{L}',
  '\\S',
];
const FORMATS = ['uuid', 'date', 'date-time', 'email', 'ipv4', 'uri', 'slug', 'country', 'json-pointer'];
const POLICIES = ['safe', 'line', 'plain', 'raw'];
const STRINGS = [
  '',
  'a',
  'ab',
  'aab',
  '😀',
  '😀😀😀',
  'é',
  '<>',
  '2024-02-29',
  'a@example.com',
  '192.0.2.1',
  'x\ny',
  'e\u0301',
  '\u212a',
  'a\u0000',
  '<b>',
  'https://a.example',
  'DE',
  'A-1',
];

const text = fc.oneof(fc.constantFrom(...STRINGS), fc.string({ unit: 'grapheme', maxLength: 6 }));
const number = fc.oneof(fc.integer({ min: -5, max: 12 }), fc.constantFrom(0.5, 0.3, 1e9, -0.1, 2 ** 53));
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

/** The draft-4 validator calls these of objects that it compares, and throws where they are members. */
const CALLED = /"(?:toString|valueOf)":/;
const anything = fc
  .jsonValue({ maxDepth: 2 })
  .map((value) => JSON.stringify(value))
  .filter((text) => !CALLED.test(text))
  .map((text) => JSON.parse(text) as unknown);

/** Drops keywords that were not drawn. */
function schemaOf(keywords: Record<string, unknown>): SchemaNode {
  return Object.fromEntries(Object.entries(keywords).filter(([, value]) => value !== undefined));
}

function sampleOf(keywords: fc.Arbitrary<Record<string, unknown>>, value: fc.Arbitrary<unknown>): fc.Arbitrary<Sample> {
  const near = fc.oneof({ weight: 4, arbitrary: value }, { weight: 1, arbitrary: anything });
  const values = fc.array(near, { minLength: 3, maxLength: 8 });
  return fc.record({ schema: keywords.map(schemaOf), values, value: fc.constant(near) });
}

const strings = sampleOf(
  fc.record({
    type: fc.constant('string'),
    minLength: maybe(fc.integer({ min: 0, max: 2 })),
    maxLength: fc.integer({ min: 2, max: 12 }),
    pattern: maybe(fc.constantFrom(...PATTERNS)),
    format: maybe(fc.constantFrom(...FORMATS)),
    'x-text': maybe(fc.constantFrom(...POLICIES)),
    'x-sensitive': maybe(fc.boolean()),
  }),
  text,
);

const encoded = sampleOf(
  fc.record({
    type: fc.constant('string'),
    format: fc.constant('base64'),
    'x-max-decoded-bytes': fc.integer({ min: 1, max: 9 }),
  }),
  fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('base64')),
);

const numbers = sampleOf(
  fc.record({
    type: fc.constantFrom('integer', 'number'),
    minimum: maybe(fc.integer({ min: -3, max: 3 })),
    exclusiveMinimum: maybe(fc.integer({ min: -3, max: 3 })),
    maximum: maybe(fc.integer({ min: 0, max: 9 })),
    exclusiveMaximum: maybe(fc.integer({ min: 0, max: 9 })),
    multipleOf: maybe(fc.constantFrom(1, 2, 0.1)),
  }),
  number,
);

const scalar = fc.oneof(text, number, fc.boolean(), fc.constant(null));
const listed = fc
  .uniqueArray(scalar, { minLength: 1, maxLength: 4, comparator: 'SameValueZero' })
  .chain((values) => sampleOf(fc.constantFrom({ enum: values }, { const: values[0] }), fc.constantFrom(...values)));
const nullable = sampleOf(
  fc.constantFrom(
    { type: ['string', 'null'], maxLength: 3 },
    { type: ['integer', 'string'], maxLength: 2, minimum: 1 },
  ),
  scalar,
);
const leaf = fc.oneof(
  strings,
  encoded,
  numbers,
  listed,
  nullable,
  sampleOf(fc.constant({ type: 'boolean' }), fc.boolean()),
);

function lists(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  return inner.chain(({ schema, values }) =>
    sampleOf(
      fc.record({
        type: fc.constant('array'),
        items: fc.constant(schema),
        maxItems: fc.integer({ min: 0, max: 4 }),
        uniqueItems: maybe(fc.boolean()),
        contains: maybe(fc.constant({ type: 'string' })),
      }),
      fc.array(fc.constantFrom(...values), { maxLength: 5 }),
    ),
  );
}

function objects(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  // Not toString: the draft-4 validator calls it when it compares objects, and throws.
  const names = ['a', 'b', 'x-c', 'constructor'];
  return fc.array(inner, { minLength: 1, maxLength: names.length }).chain((parts) => {
    const used = names.slice(0, parts.length);
    const properties = Object.fromEntries(parts.map(({ schema }, i) => [names[i] ?? '', schema]));
    const value = Object.fromEntries(parts.map(({ values }, i) => [names[i] ?? '', fc.constantFrom(...values)]));
    return sampleOf(
      fc.record({
        type: fc.constant('object'),
        properties: fc.constant(properties),
        required: maybe(fc.subarray(used)),
        additionalProperties: fc.constantFrom(false, true, undefined, { type: 'integer' }),
        patternProperties: maybe(fc.constant({ '^z': { type: 'boolean' } })),
        maxProperties: maybe(fc.integer({ min: 0, max: 5 })),
      }),
      fc.record({ ...value, z1: fc.boolean(), more: number }, { requiredKeys: [], noNullPrototype: true }),
    );
  });
}

function choices(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  return fc.tuple(inner, inner).chain(([one, other]) => {
    const [a, b] = [one.schema, other.schema];
    return sampleOf(
      fc.constantFrom<Record<string, unknown>>(
        { anyOf: [a, b] },
        { oneOf: [a, b] },
        { allOf: [a, b] },
        { anyOf: [a, b], oneOf: [b, a] },
        { allOf: [{ anyOf: [a, b] }, { not: a }] },
        { ...a, if: b, else: a },
      ),
      fc.constantFrom(...one.values, ...other.values),
    );
  });
}

/** Schemas of every kind that a definition may hold, two levels deep. */
export const samples: fc.Arbitrary<Sample> = nested(nested(leaf));

/** As {@link samples}, each with many values. */
export function batches(size: number): fc.Arbitrary<Pick<Sample, 'schema' | 'values'>> {
  return samples.chain(({ schema, value }) =>
    fc.array(value, { minLength: size, maxLength: size }).map((values) => ({ schema, values })),
  );
}

function nested(inner: fc.Arbitrary<Sample>): fc.Arbitrary<Sample> {
  return fc.oneof(inner, lists(inner), objects(inner), choices(inner));
}
