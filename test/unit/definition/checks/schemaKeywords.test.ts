import { describe, expect, it } from 'vitest';
import type { Api } from '../../../../lib/definition/index.ts';
import { defineApi } from '../../../../lib/definition/index.ts';
import { schemaNode } from '../../../../lib/definition/schema.ts';
import { KEYWORDS } from '../../../../lib/definition/walkSchema.ts';
import { publicOpenApi } from '../../../../lib/openapi/index.ts';
import { createAjv } from '../../../../lib/validators/ajv.ts';
import { routeOf } from '../../validators/support.ts';
import { base, faultsOf, read, withRoute } from '../support.ts';

const deep = (schema: object) => ({ type: 'object', properties: { deep: schema }, additionalProperties: false });
const text = { type: 'string', maxLength: 9 } as const;

describe('the check of keywords', () => {
  const fault = { code: 'schema-not-compilable', location: 'routes.list.body.properties.deep' };
  const known = Object.keys(createAjv().RULES.keywords);

  it('knows every keyword that the compiler would check', () => {
    const unknown = Object.keys(KEYWORDS).filter((keyword) => !known.includes(keyword));
    expect(unknown).toEqual([]);
    expect(known.length).toBeGreaterThan(50);
  });

  it.each(
    known.filter((keyword) => !Object.hasOwn(KEYWORDS, keyword) && !keyword.startsWith('x-') && keyword !== '$ref'),
  )('rejects %s, which the compiler knows and the definition does not allow', (keyword) => {
    expect(faultsOf(withRoute({ ...read, body: deep({ ...text, [keyword]: {} }) }))).toContainEqual(fault);
  });

  it.each([
    'maxLenght',
    'MaxLength',
    'discriminator',
    'example',
    'additionalItems',
    '$anchor',
    'toString',
    'constructor',
  ])('rejects %s, which no one knows, in requests and responses', (keyword) => {
    const schema = deep({ ...text, [keyword]: 3 });
    const returned = { ...read, responses: { 200: { description: 'x', body: schema } } };
    expect(faultsOf(withRoute({ ...read, body: schema }))).toContainEqual(fault);
    expect(faultsOf(withRoute(returned)).map(({ code }) => code)).toContain('schema-not-compilable');
  });

  it.each(Object.getOwnPropertyNames(Object.prototype))(
    'rejects a property %s, which every object inherits',
    (name) => {
      const properties = JSON.parse(`{"${name}": {"type":"boolean"}}`);
      const at = [{ code: 'schema-not-compilable', location: 'routes.list.body' }];
      expect(
        faultsOf(withRoute({ ...read, body: { type: 'object', properties, additionalProperties: false } })),
      ).toEqual(at);
      const required = { type: 'object', required: [name], maxProperties: 2, 'x-unbounded': 'any member at all' };
      expect(faultsOf(withRoute({ ...read, body: required }))).toEqual(at);
    },
  );

  it.each([
    ['x-sensitve', 'Write x-sensitive'],
    ['x-Sensitive', 'Write x-sensitive'],
    ['x-txt', 'Write x-text'],
    ['x-unbound', 'Write x-unbounded'],
    ['x-max-decoded-byte', 'Write x-max-decoded-bytes'],
    ['x-internal-note', 'Remove it'],
    ['sensitive', 'Remove it'],
  ])('rejects %s: %s', (keyword, fix) => {
    const body = deep({ ...text, [keyword]: true });
    expect(() => defineApi({ ...base, ...withRoute({ ...read, body }) } as never)).toThrow(`the keyword ${keyword};`);
    expect(() => defineApi({ ...base, ...withRoute({ ...read, body }) } as never)).toThrow(fix);
  });

  it.each([
    ['datetime', 'Write date-time.'],
    ['Uuid', 'Write uuid.'],
    ['ip4', 'Write ipv4.'],
    ['credit-card-number', 'Write a pattern instead'],
  ])('rejects the format %s: %s', (format, fix) => {
    const body = deep({ ...text, format });
    expect(() => defineApi({ ...base, ...withRoute({ ...read, body }) } as never)).toThrow(fix);
  });
});

describe('nullable', () => {
  it('is one more type, at any depth', () => {
    const list = { type: 'array', items: { ...text, nullable: true }, maxItems: 2, nullable: true };
    const schema = { type: 'object', properties: { nullable: list }, additionalProperties: false };
    expect(schemaNode(schema)).toEqual({
      ...schema,
      properties: {
        nullable: { type: ['array', 'null'], items: { type: ['string', 'null'], maxLength: 9 }, maxItems: 2 },
      },
    });
  });

  it.each([
    [
      { type: ['string', 'null'], maxLength: 9, nullable: true },
      { type: ['string', 'null'], maxLength: 9 },
    ],
    [{ ...text, nullable: false }, text],
    [{ const: { nullable: true, type: 'string' } }, { const: { nullable: true, type: 'string' } }],
  ])('%j is read as %j', (schema, node) => {
    expect(schemaNode(schema)).toEqual(node);
  });

  it('is a type in the public document, which is OpenAPI 3.1', () => {
    const route = routeOf(deep({ ...text, nullable: true }));
    const api = {
      name: 'a',
      version: '1',
      title: 'a',
      tiers: {},
      scopes: {},
      routes: { add: route },
    } as unknown as Api;
    const document = JSON.stringify(publicOpenApi(api));
    expect(document).toContain('"type":["string","null"]');
    expect(document).not.toContain('nullable');
  });
});
