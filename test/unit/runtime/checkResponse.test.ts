import { describe, expect, it } from 'vitest';
import { checkResponse, responseMode } from '../../../lambdas/runtime/checkResponse.ts';
import type { SchemaFault, Validate } from '../../../lib/definition/bundledTypes.ts';
import type { SchemaNode } from '../../../lib/definition/schema.ts';
import { createAjv } from '../../../lib/validators/ajv.ts';
import { evaluate, moduleSource } from '../../../lib/validators/standalone.ts';

/** A validator that finds these faults. */
const finding = (...errors: readonly SchemaFault[]): Validate => Object.assign(() => errors.length === 0, { errors });
const fault = (keyword: string, instancePath: string, params = {}): SchemaFault => ({ keyword, instancePath, params });
const undeclared = (instancePath: string, additionalProperty: string) =>
  fault('additionalProperties', instancePath, { additionalProperty });

describe('the mode of responses', () => {
  it.each([
    ['report', 'report'],
    ['enforce', 'enforce'],
    ['', 'enforce'],
    [undefined, 'enforce'],
  ])('of %j is %s', (value, mode) => {
    expect(responseMode({ SECURE_API_RESPONSES: value })).toBe(mode);
  });
});

describe('a response', () => {
  it('conforms if no fault is found', () => {
    expect(checkResponse(200, {}, finding(), 'report')).toEqual({ kind: 'conforms' });
  });

  it('that differs is not sent where that is enforced, and is described by at most ten locations', () => {
    const faults = Array.from({ length: 11 }, (_, i) => fault('maxLength', `/s200/${i}`));
    expect(checkResponse(200, {}, finding(...faults), 'enforce')).toEqual({
      kind: 'differs',
      locations: Array.from({ length: 10 }, (_, i) => `/200/${i} maxLength`),
    });
  });

  it('names what is missing, which its schema declares, and nothing that can be data', () => {
    const faults = [fault('required', '/s200/0', { missingProperty: 'price' }), undeclared('/s200', 'S3CRET')];
    expect(checkResponse(200, [{}], finding(...faults), 'report')).toMatchObject({
      locations: ['/200/0 required price', '/200 additionalProperties'],
    });
  });

  it('loses what is not declared, at any depth, and keeps the rest', () => {
    const body = { a: 1, secret: 2, list: [{ b: 1, 'x/y~z': 2 }], odd: null };
    const faults = [
      undeclared('/s200', 'secret'),
      undeclared('/s200/list/0', 'x/y~z'),
      fault('unevaluatedProperties', '/s200/list/0', { unevaluatedProperty: 'b' }),
      undeclared('/s200/odd', 'c'),
      undeclared('/s200/a/b', 'c'),
      fault('maximum', '/s200/a'),
    ];
    expect(checkResponse(200, body, finding(...faults), 'report')).toMatchObject({
      kind: 'differs',
      body: { a: 1, list: [{}], odd: null },
    });
    expect(body).not.toHaveProperty('secret');
  });

  it.each<[string, SchemaFault]>([
    ['undeclared data in a choice of schemas', { ...undeclared('/s200', 'a'), isInChoice: true }],
    ['an object where a plain value is declared', fault('type', '/s200/a')],
    ['an object where one value is declared', fault('const', '/s200/a')],
    ['anything where nothing is allowed', fault('false schema', '/s200/b')],
    ['a fault of a rule that can hide data', fault('not', '/s200/b')],
    ['a fault of a rule that is not known here', fault('dependentSchemas', '/s200/b')],
    ['undeclared items in a choice of schemas', { ...fault('items', '/s200', { limit: 1 }), isInChoice: true }],
  ])('is not sent with %s', (_, found) => {
    expect(checkResponse(200, { a: {} }, finding(found), 'report')).not.toHaveProperty('body');
  });

  it.each([
    ['a string', fault('type', '/s200/a')],
    ['null', fault('type', '/s200/b')],
    ['a missing value', fault('enum', '/s200/c')],
    ['a value inside a string', fault('enum', '/s200/a/length')],
  ])('is sent with %s of another type, which hides nothing', (_, found) => {
    const body = { a: 'x', b: null };
    expect(checkResponse(200, body, finding(found), 'report')).toMatchObject({ body });
  });
});

describe('a response that a compiled validator rejects', () => {
  const S3CRET = 's3cret';
  const tuple = { type: 'array', prefixItems: [{ type: 'string' }], items: false, minItems: 1, maxItems: 1 };
  const names = { type: 'object', propertyNames: { pattern: '^lang-' }, additionalProperties: { type: 'string' } };
  const one = { type: 'object', propertyNames: { enum: ['de', 'en'] }, additionalProperties: { type: 'string' } };

  it.each<[string, object, unknown, unknown]>([
    ['items beyond a tuple', tuple, ['a', { password: S3CRET }], ['a']],
    ['an item beyond a tuple', tuple, ['a', S3CRET, S3CRET], ['a']],
    ['a name that does not match', names, { 'lang-a': 'x', password: S3CRET }, { 'lang-a': 'x' }],
    ['a name that is none of the allowed ones', one, { de: 'x', password: S3CRET }, { de: 'x' }],
    [
      'both, inside a list',
      { type: 'array', items: names },
      [{ a: S3CRET }, { 'lang-b': 'y', b: S3CRET }],
      [{}, { 'lang-b': 'y' }],
    ],
  ])('loses %s', (_, schema, body, sent) => {
    const validate = evaluate(moduleSource(createAjv(), responseOf(schema)));
    expect(checkResponse(200, body, validate, 'report')).toMatchObject({ kind: 'differs', body: sent });
  });

  it.each<[string, object, unknown]>([
    [
      'a property that nothing satisfies',
      { type: 'object', properties: { a: { not: {} } }, additionalProperties: false },
      { a: S3CRET },
    ],
    [
      'a property that is declared as never there',
      { type: 'object', properties: { a: false }, additionalProperties: false },
      { a: S3CRET },
    ],
    ['a tuple in a choice', { anyOf: [tuple, { type: 'integer' }] }, ['a', S3CRET]],
    ['a name in a choice', { anyOf: [names, { type: 'integer' }] }, { password: S3CRET }],
  ])('is not sent with %s', (_, schema, body) => {
    const validate = evaluate(moduleSource(createAjv(), responseOf(schema)));
    expect(checkResponse(200, body, validate, 'report')).not.toHaveProperty('body');
  });

  function responseOf(schema: object): SchemaNode {
    return { type: 'object', properties: { s200: schema }, required: ['s200'], additionalProperties: false } as never;
  }
});
