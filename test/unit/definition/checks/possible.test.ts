import { Ajv2020 } from 'ajv/dist/2020.js';
import Joi from 'joi';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { rejection } from '../../../../lib/definition/checks/rejection.ts';
import { readSchema } from '../../../../lib/definition/schema.ts';
import { KNOWN_FORMATS, type SchemaNode } from '../../../../lib/definition/schemaNode.ts';
import { FORMAT_NAMES } from '../../../../lib/validators/index.ts';
import { functionOf } from '../sources/support.ts';
import { bodyFaults, faultsOf, read, text, withA, withRoute } from '../support.ts';

const number = (more: object) => withA({ type: 'number', ...more });
const integer = (more: object) => withA({ type: 'integer', ...more });
const at = (step: string) => `routes.list.body${step}`;
const A = '.properties.a';

describe('a schema that no value satisfies', () => {
  it.each([
    ['requires a property that it does not declare', withA(text, { required: ['b'] }), '.required'],
    ['requires a property of an object without any', { ...withA(text), properties: {}, required: ['a'] }, '.required'],
    [
      'requires more than maxProperties',
      withA(text, { properties: { a: text, b: text }, required: ['a', 'b'], maxProperties: 1 }),
      '',
    ],
    ['has more minProperties than properties', withA(text, { minProperties: 2 }), ''],
    ['has minLength above maxLength', withA({ ...text, minLength: 10 }), A],
    ['has minItems above maxItems', withA({ type: 'array', items: text, minItems: 3, maxItems: 2 }), A],
    ['has minProperties above maxProperties', withA(text, { minProperties: 3, maxProperties: 1 }), ''],
    ['has minimum above maximum', number({ minimum: 2, maximum: 1 }), A],
    ['has exclusiveMinimum at maximum', number({ exclusiveMinimum: 1, maximum: 1 }), A],
    ['has minimum at exclusiveMaximum', number({ minimum: 1, exclusiveMaximum: 1 }), A],
    ['leaves no whole number between', integer({ exclusiveMinimum: 1, exclusiveMaximum: 2 }), A],
    ['leaves no whole number in fractions', integer({ minimum: 1.2, maximum: 1.8 }), A],
    ['has bounds that contradict in allOf', withA({ ...text, allOf: [{ minLength: 10 }] }), A],
    ['lists a value of another type', withA({ type: 'string', enum: ['a', 1] }), `${A}.enum.1`],
    ['lists a value beyond its bounds', withA({ type: 'string', enum: ['a', 'abc'], maxLength: 2 }), `${A}.enum.1`],
    ['has a const of another type', withA({ type: 'string', const: 1 }), `${A}.const`],
    ['has a const outside of its enum', withA({ type: 'string', enum: ['a'], const: 'b' }), `${A}.const`],
    ['has a const that its pattern rejects', withA({ type: 'string', const: 'b', pattern: '^a$' }), `${A}.const`],
    [
      'is deep inside',
      withA(withA({ type: 'array', items: { ...text, minLength: 10 }, maxItems: 2 })),
      `${A}.properties.a.items`,
    ],
    ['is one of Zod', z.strictObject({ a: z.int().min(5).max(4) }), A],
    ['is one of Valibot', v.strictObject({ a: v.pipe(v.string(), v.minLength(5), v.maxLength(4)) }), A],
    ['is one of Joi', Joi.object({ a: Joi.array().items(Joi.boolean()).min(5).max(4) }), A],
  ])('is rejected: it %s', (_, body, location) => {
    expect(bodyFaults(body)).toContainEqual({ code: 'schema-impossible', location: at(location) });
  });

  it.each([
    ['equal bounds', number({ minimum: 1, maximum: 1 })],
    ['one whole number', integer({ exclusiveMinimum: 1, exclusiveMaximum: 3 })],
    ['a required property that is declared', withA(text, { required: ['a'], minProperties: 1, maxProperties: 1 })],
    ['null beside strings', withA({ type: ['string', 'null'], enum: ['a', null] })],
    ['a list of mixed values', withA({ enum: ['a', 'b'] })],
    ['an empty string only', withA({ type: 'string', maxLength: 0 })],
  ])('is not one with %s', (_, body) => {
    expect(bodyFaults(body)).toEqual([]);
  });

  it('is rejected in a response, which every handler would violate', () => {
    const responses = { 200: { description: 'x', body: number({ minimum: 2, maximum: 1 }) } };
    const location = 'routes.list.responses.200.body.properties.a';
    expect(faultsOf(withRoute({ ...read, responses }))).toEqual([{ code: 'schema-impossible', location }]);
  });
});

describe('only a schema that accepts no value of any type is impossible', () => {
  const contradictions = [
    { minimum: 5, maximum: 3 },
    { exclusiveMinimum: 1, exclusiveMaximum: 2 },
    { exclusiveMinimum: 1, maximum: 1 },
    { minLength: 5, maxLength: 3 },
    { minItems: 5, maxItems: 3, items: { type: 'boolean' } },
    { contains: { type: 'boolean' }, minContains: 3, maxContains: 2, maxItems: 9, items: { type: 'boolean' } },
    { minProperties: 3, maxProperties: 2, additionalProperties: false },
    { required: ['b'], properties: {}, additionalProperties: false },
    { allOf: [{ minimum: 5 }, { maximum: 3 }] },
    { allOf: [{ minLength: 5 }, { maxLength: 3 }] },
  ];
  const types = ['string', 'number', 'integer', 'boolean', 'null', 'array', 'object'];
  const typings = [undefined, ...types, ...types.flatMap((one, i) => types.slice(i + 1).map((other) => [one, other]))];
  const schemas = contradictions.flatMap((keywords) =>
    typings.map((type) => (type === undefined ? keywords : { type, ...keywords })),
  );
  const values = [
    ...[null, true, false, '', 'a', 'abcd', 'abcdef', -1, 0, 1, 1.5, 2, 3, 4, 5, 6, [], [true], [true, true, true]],
    ...[Array(6).fill(true), {}, { a: 1 }, { b: 1 }, { a: 1, b: 1 }, { a: 1, b: 1, c: 1 }],
  ];
  const ajv = new Ajv2020({ strict: false });
  const acceptsOne = (accepts: (value: unknown) => boolean) => values.some((value) => accepts(value));

  it(`what is reported of ${schemas.length} schemas accepts none of ${values.length} values`, () => {
    const reported = schemas.filter((a) =>
      bodyFaults(withA(a)).some(({ code, location }) => code === 'schema-impossible' && location.startsWith(at(A))),
    );
    expect(reported.length).toBeGreaterThan(10);
    expect(reported.filter((schema) => acceptsOne(ajv.compile<unknown>(schema)))).toEqual([]);
  });

  it.each(['not', 'if', 'then', 'else'])('is not one below %s', (keyword) => {
    const condition = { [keyword]: { type: 'integer', minimum: 5, maximum: 3 } };
    const faults = bodyFaults(withA({ type: 'integer', minimum: 0, maximum: 9, ...condition }));
    expect(faults.filter(({ code }) => code === 'schema-impossible')).toEqual([]);
  });
});

it.each([true, false])('reads the boolean schema %s at every place without a failure', (schema) => {
  const places: readonly object[] = [
    { properties: { a: schema }, required: ['a'] },
    ...[
      'items',
      'contains',
      'additionalProperties',
      'unevaluatedProperties',
      'propertyNames',
      'not',
      'if',
      'then',
      'else',
    ].map((keyword) => ({ [keyword]: schema })),
    ...['allOf', 'anyOf', 'oneOf', 'prefixItems'].map((keyword) => ({ [keyword]: [schema] })),
    ...['patternProperties', 'dependentSchemas'].map((keyword) => ({ [keyword]: { a: schema } })),
  ];
  for (const place of places) {
    for (const value of [{}, { a: 1 }, [], [1], null, 'a']) {
      expect(() => rejection(place as SchemaNode, value)).not.toThrow();
      expect(() => bodyFaults(withA({ ...place, default: value }))).not.toThrow();
      expect(() => bodyFaults({ ...place, default: value })).not.toThrow();
    }
  }
});

describe('a default that its own schema rejects is rejected by defineApi', () => {
  it.each([
    ['another type', { ...text, default: 5 }],
    ['a longer string', { ...text, default: '0123456789' }],
    ['a larger number', { type: 'number', maximum: 1, default: 2 }],
    ['a fraction', { type: 'integer', default: 1.5 }],
    ['none of the values', { enum: ['a'], default: 'b' }],
    ['another pattern', { type: 'string', pattern: '^a$', default: 'b' }],
    ['a member of another type', { ...withA(text), default: { a: 1 } }],
    ['an undeclared member', { ...withA(text), default: { b: 'x' } }],
    ['too many items', { type: 'array', items: text, maxItems: 1, default: ['a', 'b'] }],
    ['no branch', { anyOf: [text, { type: 'null' }], default: 5 }],
  ])('%s', (_, property) => {
    expect(bodyFaults(withA(property))).toContainEqual({ code: 'default-invalid', location: at(`${A}.default`) });
  });
});

describe('what defineApi knows of values', () => {
  const schemas = [
    text,
    { type: 'integer', minimum: 1, maximum: 3 },
    { anyOf: [text, { type: 'null' }] },
    { enum: ['a', 1, null] },
    withA(text, { required: ['a'] }),
    { type: 'array', items: { type: 'boolean' }, minItems: 1, maxItems: 2 },
    { const: { a: [1] } },
    { type: 'string', pattern: '^a+$', minLength: 2, maxLength: 4 },
    { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 2 },
  ];
  const values = [
    'a',
    'aaa',
    'aaaaaaaaaaaa',
    '',
    0,
    1,
    1.5,
    2,
    3,
    4,
    null,
    true,
    {},
    { a: 'x' },
    { a: 1 },
    { b: 'x' },
    [],
    [true],
    [1],
    [true, true, true],
    { a: [1] },
  ];

  it('is what the compiled validators decide: 189 values', () => {
    const differing = schemas.flatMap((schema) => {
      const validate = functionOf(schema);
      const readAs = readSchema(schema);
      if (typeof validate === 'string' || !('node' in readAs)) return [schema];
      return values
        .filter((value) => validate(value) !== (rejection(readAs.node, value) === undefined))
        .map((value) => [schema, value]);
    });
    expect(differing).toEqual([]);
    expect(schemas.length * values.length).toBe(189);
  });

  it('is every format that a validator has', () => {
    expect(Object.keys(KNOWN_FORMATS).sort()).toEqual([...FORMAT_NAMES].sort());
  });
});
