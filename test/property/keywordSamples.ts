import type { SchemaNode } from '../../lib/definition/schema.ts';

/** A schema that carries a keyword, with values on both sides of it. */
export interface KeywordSample {
  readonly schema: SchemaNode;
  /** What the function accepts: at least one value that only this keyword's meaning explains. */
  readonly accepted: readonly unknown[];
  /** What the function rejects; empty for keywords that only describe. */
  readonly rejected: readonly unknown[];
}

const text = { type: 'string', maxLength: 8 } as const;
const closed = { type: 'object', additionalProperties: false } as const;
const list = { type: 'array', items: text, maxItems: 4 } as const;
const note = (keyword: string, value: unknown): KeywordSample => ({
  schema: { ...text, [keyword]: value },
  accepted: ['a', ''],
  rejected: [1, 'x'.repeat(9)],
});
const sample = (schema: SchemaNode, accepted: readonly unknown[], rejected: readonly unknown[]): KeywordSample => ({
  schema,
  accepted,
  rejected,
});

/** By keyword. A keyword that the definition allows and that has no sample here fails the test. */
export const KEYWORD_SAMPLES: Readonly<Record<string, readonly KeywordSample[]>> = {
  type: [
    sample({ type: ['string', 'null'], maxLength: 3 }, [null, 'a'], [1, 'abcd']),
    sample({ type: ['integer', 'boolean'] }, [1, true, 1.0, 1e2], [1.5, null]),
    sample({ type: 'null' }, [null], [0, '']),
  ],
  nullable: [
    sample({ ...text, nullable: true }, [null, 'a'], [1]),
    sample({ type: 'integer', nullable: true, minimum: 1 }, [null, 1], [0]),
    sample(
      { ...closed, properties: { a: { ...list, nullable: true } }, nullable: true },
      [null, { a: null }],
      [{ a: 1 }],
    ),
    sample({ type: 'string', enum: ['a', null], nullable: true }, ['a', null], ['b']),
    sample({ type: 'string', enum: ['a'], nullable: true }, ['a'], [null]),
    sample({ anyOf: [{ ...text, nullable: true }, { type: 'integer' }] }, [null, 'a', 1], [true]),
    sample({ ...text, nullable: false }, ['a'], [null]),
  ],
  enum: [
    sample({ enum: ['a', 1, null, { b: [1] }] }, ['a', 1, null, { b: [1] }], ['b', { b: [2] }]),
    sample(
      { type: 'string', enum: ['e\u0301', 'é', '😀'], 'x-text': 'raw', 'x-text-reason': 'any form' },
      ['é', '😀'],
      ['e'],
    ),
    sample({ type: 'integer', enum: [1, 1e3] }, [1, 1000], [2]),
  ],
  const: [
    sample({ const: null }, [null], ['null']),
    sample({ type: 'integer', const: 1 }, [1, 1.0], [2]),
    sample({ const: ['a', { b: 1 }] }, [['a', { b: 1 }]], [['a']]),
  ],
  format: [
    sample({ ...text, maxLength: 40, format: 'email' }, ['a@example.com'], ['a']),
    sample({ type: 'string', format: 'uuid' }, ['7B0E1F38-3f0c-4e0b-9d5a-1c2d3e4f5a6b'], ['7b0e1f38']),
    sample({ ...text, maxLength: 40, format: 'uri' }, ['https://a.example/?b#c'], ['http://a.example']),
    sample({ type: 'string', format: 'date' }, ['2024-02-29'], ['2023-02-29']),
  ],
  pattern: [
    sample({ ...text, pattern: '^\\p{L}+$' }, ['éa', '漢字'], ['1']),
    sample({ ...text, pattern: '^.{1,2}$' }, ['😀😀'], ['abc']),
    sample({ ...text, pattern: '(?<=a)b' }, ['ab'], ['b']),
    sample({ ...text, pattern: '^[^a]$' }, ['😀'], ['a']),
    sample({ ...text, pattern: '^\\u{1F600}$' }, ['😀'], ['a']),
    sample({ ...text, pattern: '^[\\w.-]+$' }, ['a.b-c'], ['é']),
    sample({ ...text, pattern: '^\\S$' }, ['😀', 'é'], [' ']),
  ],
  minLength: [sample({ ...text, minLength: 2 }, ['😀😀', 'ab'], ['😀'])],
  maxLength: [sample({ type: 'string', maxLength: 2 }, ['😀😀', '\u{1D11E}a'], ['abc'])],
  minimum: [sample({ type: 'number', minimum: 0.1 }, [0.1, 1e300], [0.09])],
  maximum: [sample({ type: 'integer', maximum: 3 }, [3, -1e15, -0], [4])],
  exclusiveMinimum: [sample({ type: 'number', exclusiveMinimum: 0, minimum: -5 }, [5e-324], [0])],
  exclusiveMaximum: [sample({ type: 'number', exclusiveMaximum: 1, maximum: 7 }, [0.99], [1])],
  multipleOf: [
    sample({ type: 'number', multipleOf: 0.01 }, [19.99, 0.07, -0], [19.995]),
    sample({ type: 'integer', multipleOf: 3 }, [9, -3, 0], [10]),
  ],
  minItems: [sample({ ...list, minItems: 1 }, [['a']], [[]])],
  maxItems: [sample({ ...list, maxItems: 1 }, [[], ['a']], [['a', 'b']])],
  uniqueItems: [sample({ ...list, items: { type: 'integer' }, uniqueItems: true }, [[1, 2], [0]], [[1, 1.0]])],
  minContains: [sample({ ...list, contains: { const: 'a' }, minContains: 2 }, [['a', 'a']], [['a']])],
  maxContains: [sample({ ...list, contains: { const: 'a' }, maxContains: 1 }, [['a', 'b']], [['a', 'a']])],
  contains: [sample({ ...list, contains: { const: 'a' } }, [['b', 'a']], [[]])],
  items: [
    sample(list, [['a']], [[1]]),
    sample({ type: 'array', items: false, prefixItems: [text], minItems: 1, maxItems: 1 }, [['a']], [['a', 'b']]),
  ],
  prefixItems: [
    sample(
      { type: 'array', prefixItems: [text, { type: 'integer' }], items: false, minItems: 2, maxItems: 2 },
      [['a', 1]],
      [[1, 'a']],
    ),
  ],
  properties: [sample({ ...closed, properties: { a: text, $ref: text } }, [{ a: 'a', $ref: 'b' }, {}], [{ a: 1 }])],
  patternProperties: [
    sample({ ...closed, patternProperties: { '^x-': text } }, [{ 'x-a': 'a' }], [{ a: 'a' }]),
    sample(
      { ...closed, properties: { a: text }, patternProperties: { '^\\p{L}$': { minLength: 1, type: 'string' } } },
      [{ a: 'a', é: 'b' }],
      [{ a: '' }],
    ),
  ],
  additionalProperties: [
    sample({ ...closed, properties: { a: text } }, [{ a: 'a' }], [{ b: 'a' }]),
    sample(
      { type: 'object', additionalProperties: { type: 'integer' }, maxProperties: 2, propertyNames: { maxLength: 3 } },
      [{ b: 1.0 }],
      [{ b: 'a' }],
    ),
  ],
  unevaluatedProperties: [
    sample(
      { type: 'object', allOf: [{ type: 'object', properties: { a: text } }], unevaluatedProperties: false },
      [{ a: 'a' }],
      [{ b: 1 }],
    ),
  ],
  propertyNames: [
    sample(
      {
        type: 'object',
        additionalProperties: text,
        propertyNames: { maxLength: 2, pattern: '^\\p{L}' },
        maxProperties: 3,
      },
      [{ é: 'a' }],
      [{ abc: 'a' }],
    ),
  ],
  minProperties: [sample({ ...closed, properties: { a: text, b: text }, minProperties: 1 }, [{ a: 'a' }], [{}])],
  maxProperties: [
    sample({ ...closed, properties: { a: text, b: text }, maxProperties: 1 }, [{}, { b: 'a' }], [{ a: 'a', b: 'b' }]),
  ],
  required: [sample({ ...closed, properties: { a: text, b: text }, required: ['a'] }, [{ a: 'a' }], [{ b: 'b' }])],
  dependentRequired: [
    sample(
      { ...closed, properties: { a: text, b: text }, dependentRequired: { a: ['b'] } },
      [{}, { b: 'b' }],
      [{ a: 'a' }],
    ),
  ],
  dependentSchemas: [
    sample(
      { ...closed, properties: { a: text, b: text }, dependentSchemas: { a: { type: 'object', required: ['b'] } } },
      [{ a: 'a', b: 'b' }],
      [{ a: 'a' }],
    ),
  ],
  default: [
    sample({ ...closed, properties: { a: { ...text, default: 'd' } }, minProperties: 1 }, [{}, { a: 'a' }], [{ a: 1 }]),
    sample(
      { ...closed, properties: { a: { ...closed, properties: { b: { type: 'integer', default: 1 } }, default: {} } } },
      [{}, { a: {} }],
      [{ a: { b: 'x' } }],
    ),
    sample(
      {
        ...list,
        items: { ...closed, properties: { a: { ...text, nullable: true, default: null }, b: text }, minProperties: 2 },
      },
      [[{ b: 'b' }], [{ a: 'a', b: 'b' }]],
      [[{ a: 'a' }]],
    ),
    sample(
      { ...closed, properties: { a: { ...text, default: 'd' } }, anyOf: [{ type: 'object', required: ['a'] }] },
      [{ a: 'a' }],
      [{}],
    ),
  ],
  allOf: [
    sample(
      {
        ...text,
        allOf: [
          { type: 'string', minLength: 1 },
          { type: 'string', pattern: 'a' },
        ],
      },
      ['a'],
      ['', 'b'],
    ),
  ],
  anyOf: [sample({ anyOf: [text, { type: 'null' }, list] }, ['a', null, ['a']], [1])],
  oneOf: [
    sample(
      {
        oneOf: [
          { type: 'integer', minimum: 2 },
          { type: 'number', maximum: 2.5 },
        ],
      },
      [3, 1],
      [2],
    ),
  ],
  not: [sample({ ...text, not: { const: 'a' } }, ['b', 'aa'], ['a'])],
  if: [sample({ ...text, if: { minLength: 3 }, else: { maxLength: 1 } }, ['abc', 'a'], ['ab'])],
  // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
  then: [sample({ ...text, if: { minLength: 3 }, then: { pattern: '^a' } }, ['abc', 'b'], ['bcd'])],
  else: [sample({ ...text, if: { const: 'z' }, else: { minLength: 2 } }, ['z', 'ab'], ['a'])],
  $schema: [note('$schema', 'https://json-schema.org/draft/2020-12/schema')],
  $id: [note('$id', 'https://example.com/a')],
  $comment: [note('$comment', 'why')],
  title: [note('title', 'A')],
  description: [note('description', 'An A')],
  examples: [note('examples', ['a'])],
  deprecated: [note('deprecated', true)],
  readOnly: [sample({ ...closed, properties: { a: { ...text, readOnly: true } } }, [{ a: 'a' }], [{ a: 1 }])],
  writeOnly: [sample({ ...closed, properties: { a: { ...text, writeOnly: true } } }, [{ a: 'a' }], [{ a: 1 }])],
  contentEncoding: [note('contentEncoding', 'base64')],
  contentMediaType: [note('contentMediaType', 'application/json')],
  contentSchema: [note('contentSchema', { type: 'integer' })],
  'x-text': [sample({ ...text, 'x-text': 'plain' }, ['a b'], ['<b>'])],
  'x-sensitive': [sample({ ...text, 'x-sensitive': true, pattern: '^a' }, ['a'], ['b'])],
  'x-max-decoded-bytes': [
    sample({ type: 'string', format: 'base64', 'x-max-decoded-bytes': 2 }, ['', 'YWE='], ['YWFh']),
  ],
};
