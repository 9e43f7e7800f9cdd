import { Type } from 'typebox';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readClaim } from '../../../../lib/definition/claimRule.ts';
import { faultsOf, wholeFaultsOf } from '../support.ts';

const org = (schema: unknown) => faultsOf({ claims: { org: schema } });
const invalid = (at: string) => [{ code: 'claim-invalid', location: at === '' ? 'claims.org' : `claims.org.${at}` }];
const ruleOf = (schema: object) => {
  const read = readClaim(schema);
  return 'rule' in read ? read.rule : read.faults;
};
const short = { type: 'string', maxLength: 9, pattern: '^[a-z]+$' };

describe('a keyword of a claim', () => {
  it.each<readonly [object, string]>([
    [{ type: 'integer', minimum: '1', maximum: '3' }, 'minimum'],
    [{ type: 'integer', maximum: '3' }, 'maximum'],
    [{ type: 'integer', exclusiveMinimum: true, minimum: 1 }, 'exclusiveMinimum'],
    [{ type: 'integer', exclusiveMaximum: [3] }, 'exclusiveMaximum'],
    [{ type: 'integer', minimum: Number.NaN }, 'minimum'],
    [{ type: 'integer', maximum: Number.POSITIVE_INFINITY }, 'maximum'],
    [{ ...short, minLength: '5' }, 'minLength'],
    [{ ...short, minLength: -1 }, 'minLength'],
    [{ ...short, maxLength: 9.5 }, 'maxLength'],
    [{ type: 'string', maxLength: 9, format: 'slug', pattern: /^t-/ }, 'pattern'],
    [{ ...short, pattern: ['^a$'] }, 'pattern'],
    [{ ...short, pattern: '^(a$' }, 'pattern'],
    [{ ...short, pattern: '^a**$' }, 'pattern'],
    [{ ...short, format: 'email' }, 'format'],
    [{ ...short, format: ['uuid'] }, 'format'],
    [{ ...short, format: 'toString' }, 'format'],
    [{ ...short, 'x-sensitive': 'yes' }, 'x-sensitive'],
    [{ ...short, 'x-sensitive': 1 }, 'x-sensitive'],
    [{ ...short, title: 1 }, 'title'],
    [{ ...short, deprecated: 'no' }, 'deprecated'],
    [{ ...short, examples: 'a' }, 'examples'],
    [{ ...short, toString: 1 }, 'toString'],
    [{ ...short, 'x-text': 'plain' }, 'x-text'],
    [{ ...short, type: ['string', 'null'] }, 'type'],
    [{ type: 'number', minimum: 1 }, 'type'],
    [{ enum: 'abc' }, 'enum'],
    [{ enum: {} }, 'enum'],
    [{ enum: [] }, 'enum'],
    [{ enum: ['a', null] }, 'enum'],
    [{ enum: ['a', ['b']] }, 'enum'],
    [{ enum: [1.5] }, 'enum'],
    [{ type: 'integer', enum: [1, 2.5] }, 'enum'],
    [{ const: null }, 'const'],
    [{ const: 0.5 }, 'const'],
    [{ const: 2 ** 60 }, 'const'],
    [{ allOf: {} }, 'allOf'],
    [{ allOf: [] }, 'allOf'],
    [{ allOf: [null] }, 'allOf'],
    [{ ...short, allOf: [true] }, 'allOf'],
    [{ ...short, allOf: [{ minLength: '2' }] }, 'allOf.0.minLength'],
    [{ anyOf: 'x' }, 'anyOf'],
    [{ anyOf: [null] }, 'anyOf'],
    [{ anyOf: ['a', 'b'] }, 'anyOf'],
    [{ anyOf: [{ const: 'a' }, { enum: 'b' }] }, 'anyOf.1.enum'],
    [{ anyOf: [{ const: 'a', 'x-sensitive': 'yes' }] }, 'anyOf.0.x-sensitive'],
    [{ anyOf: [{ const: 'a', minLength: 4 }] }, 'anyOf'],
  ])('has the kind of value that is read, or is a fault: %j', (schema, at) => {
    expect(org(schema)).toEqual(invalid(at));
  });

  it.each<readonly [object, string]>([
    [{ type: 'integer', minLength: 2 }, 'minLength'],
    [{ type: 'integer', pattern: '^1$' }, 'pattern'],
    [{ type: 'integer', format: 'uuid' }, 'format'],
    [{ ...short, minimum: 1 }, 'minimum'],
    [{ ...short, exclusiveMaximum: 1 }, 'exclusiveMaximum'],
    [{ type: 'boolean', maxLength: 4 }, 'maxLength'],
    [{ type: 'boolean', minimum: 0 }, 'minimum'],
    [{ enum: [1, 2], maxLength: 4 }, 'maxLength'],
    [{ type: 'integer', allOf: [{ maxLength: 3 }] }, 'allOf.0.maxLength'],
  ])('is of its type, or is a fault: %j', (schema, at) => {
    expect(org(schema)).toEqual(invalid(at));
  });

  it('that is sensitive stays out of logs, wherever it is written', () => {
    for (const schema of [
      { ...short, 'x-sensitive': true },
      { allOf: [short, { 'x-sensitive': true }] },
      { anyOf: [{ const: 'a' }, { const: 'b', 'x-sensitive': true }] },
    ]) {
      expect(ruleOf(schema)).toMatchObject({ type: 'string', sensitive: true });
    }
  });

  it('of any library becomes the same rule', () => {
    const rule = { type: 'integer', min: 1, max: 3 };
    expect(ruleOf({ type: 'integer', minimum: 0.5, exclusiveMaximum: 4 })).toEqual(rule);
    expect(ruleOf(Type.Integer({ minimum: 1, maximum: 3 }))).toEqual(rule);
    expect(ruleOf(z.int().min(1).max(3))).toEqual(rule);
    expect(ruleOf(v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(3)))).toEqual(rule);
    const values = { type: 'string', values: ['a', 'b'] };
    for (const schema of [Type.Enum(['a', 'b']), Type.Union([Type.Literal('a'), Type.Literal('b')])]) {
      expect(ruleOf(schema)).toEqual(values);
    }
    expect(ruleOf(z.enum(['a', 'b']))).toEqual(values);
    expect(ruleOf(v.picklist(['a', 'b']))).toEqual(values);
    expect(ruleOf({ type: 'number', enum: [1, 2] })).toEqual({ type: 'integer', values: [1, 2] });
  });
});

describe('a claim that no token can have is a fault', () => {
  it.each<readonly [object, string]>([
    [{ type: 'integer', minimum: 5, maximum: 0 }, ''],
    [{ type: 'integer', minimum: 5, maximum: 4 }, ''],
    [{ type: 'integer', maximum: -1, minimum: 0 }, ''],
    [{ type: 'integer', minimum: 0.2, maximum: 0.8 }, ''],
    [{ type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 2 }, ''],
    [{ type: 'integer', minimum: 2 ** 60 }, ''],
    [{ type: 'integer', maximum: -(2 ** 60) }, ''],
    [{ enum: [1, 2], minimum: 2 }, 'enum'],
    [{ type: 'integer', allOf: [{ const: 1 }, { const: 2 }] }, 'enum'],
    [{ const: true, enum: [false] }, 'enum'],
    [{ enum: ['a', 'B'], pattern: '^[a-z]$' }, 'enum'],
    [{ enum: ['abc'], maxLength: 2 }, 'enum'],
    [{ enum: ['abc'], minLength: 4 }, 'enum'],
    [{ enum: ['abc'], format: 'uuid' }, 'enum'],
    [{ type: 'string', format: 'uuid', maxLength: 10 }, 'pattern'],
    [{ type: 'string', format: 'uuid', minLength: 37 }, 'maxLength'],
    [{ ...short, pattern: '^[a-z]{20,30}$' }, 'pattern'],
    [{ ...short, pattern: '^(?:[a-z]{4}-)+[a-z]{5}$' }, 'pattern'],
    [{ ...short, pattern: '^$' }, 'pattern'],
    [{ ...short, minLength: 5, pattern: '^[a-z]{1,4}$' }, 'pattern'],
  ])('%j', (schema, at) => {
    expect(org(schema)).toEqual(invalid(at));
  });

  it.each([
    { type: 'integer', minimum: 0, maximum: 0 },
    { type: 'integer', minimum: -5 },
    { type: 'integer', maximum: -5 },
    { type: 'string', format: 'uuid', maxLength: 36 },
    { ...short, pattern: '^(?:[a-z]{4}-)?[a-z]{5}$' },
    { ...short, pattern: '^(?=[a-z]{1,30}$)[a-z]*$' },
    { enum: ['a', 'b'], pattern: '^[a-z]$', maxLength: 1 },
    { allOf: [{ enum: ['a', 'b'] }, { enum: ['b', 'c'] }] },
  ])('and no other: %j', (schema) => {
    expect(org(schema)).toEqual([]);
  });
});

describe('a fault of a claim', () => {
  it('says what was found, what was expected and how to correct it', () => {
    expect(wholeFaultsOf({ claims: { org: { type: 'integer', minimum: '1' } } })).toEqual([
      {
        code: 'claim-invalid',
        location: 'claims.org.minimum',
        found: '"1"',
        expected: 'a number',
        fix: 'A claim is one value that a token carries: write a scalar schema without anything else.',
      },
    ]);
  });
});
