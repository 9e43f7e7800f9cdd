import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { object } from '../../../lib/definition/index.ts';
import { gatewayGaps } from '../../../lib/openapi/index.ts';
import { gatewayOf, one } from './support.ts';

const modelOf = (body: object) => gatewayOf(one({ body })).components?.schemas?.AddBody;
const gapsOf = (body: object) => gatewayGaps(one({ body })).map(({ location, keyword }) => `${location} ${keyword}`);

describe('models in draft 4', () => {
  const string = { type: 'string', maxLength: 9 } as const;

  it.each([
    ['const becomes a list of one', Type.Literal('a'), { type: 'string', enum: ['a'] }, []],
    ['an enum gets its type', Type.Enum(['a', 'b']), { type: 'string', enum: ['a', 'b'] }, []],
    [
      'an exclusive bound becomes inclusive',
      { type: 'integer', exclusiveMinimum: 0, exclusiveMaximum: 9 },
      { type: 'number', minimum: 0, maximum: 9 },
      ['exclusiveMinimum', 'exclusiveMaximum', 'type'],
    ],
    ['an integer, which may be written 1.0, becomes a number', { type: 'integer' }, { type: 'number' }, ['type']],
    ['nullable allows any type', { ...string, nullable: true }, { maxLength: 9 }, ['type']],
    ['a decimal step is dropped', { type: 'number', multipleOf: 0.01 }, { type: 'number' }, ['multipleOf']],
    [
      'the size of a sensitive value is dropped',
      { type: 'string', format: 'base64', 'x-max-decoded-bytes': 3, 'x-sensitive': true },
      { type: 'string' },
      ['x-max-decoded-bytes', 'format'],
    ],
    ['a format is dropped', { ...string, format: 'email' }, string, ['format']],
    [
      'annotations and x- keywords are dropped',
      { ...string, title: 't', examples: ['d'], 'x-unbounded': 'for a test' },
      string,
      [],
    ],
    ['null allows any type', { type: ['string', 'null'], maxLength: 9 }, { maxLength: 9 }, ['type']],
    ['a portable pattern is kept', { ...string, pattern: '^[a-z0-9-]+$' }, { ...string, pattern: '^[a-z0-9-]+$' }, []],
    ['a pattern that counts half characters is dropped', { ...string, pattern: '^.{3}$' }, string, ['pattern']],
    ['a look-ahead is dropped', { ...string, pattern: '^(?!a)b$' }, string, ['pattern']],
  ])('%s', (_, body, model, dropped) => {
    expect(modelOf(body)).toEqual(model);
    expect(gapsOf(body)).toEqual(dropped.map((keyword) => `routes.add.body ${keyword}`));
  });

  it('make a model of each nested combination, and weaken oneOf to anyOf', () => {
    const api = one({ body: object({ kind: Type.Union([Type.Literal('a'), Type.Literal('b')]) }) });
    expect(gatewayOf(api).components?.schemas).toMatchObject({
      AddBodyPropertiesKind: { anyOf: [{ enum: ['a'] }, { enum: ['b'] }] },
      AddBody: { properties: { kind: { $ref: '#/components/schemas/AddBodyPropertiesKind' } } },
    });
    expect(modelOf({ oneOf: [string, { type: 'integer' }] })).toEqual({ anyOf: [string, { type: 'number' }] });
  });

  it('allow any property where a pattern declares the names', () => {
    const body = { type: 'object', patternProperties: { '^x': string }, additionalProperties: false };
    expect(modelOf(body)).toEqual({ type: 'object' });
  });

  it('have names that API Gateway accepts', () => {
    const names = Object.keys(
      gatewayOf(one({ body: object({ 'a-b': Type.Union([Type.Literal('a'), Type.Literal('b')]) }) })).components
        ?.schemas ?? {},
    );
    for (const name of names) expect(name).toMatch(/^[A-Za-z0-9]+$/);
  });
});
