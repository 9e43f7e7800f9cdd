import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { mergePatchOf } from '../../../../lib/definition/index.ts';
import { faultsOf, read, text, wholeFaultsOf, withA, withRoute } from '../support.ts';

const FORM = 'application/x-www-form-urlencoded';
const MERGE = 'application/merge-patch+json';
const withBody = (more: object, body: object = withA(text)) => withRoute({ ...read, body, ...more });
const typed = (bodyType: unknown) => wholeFaultsOf(withBody({ bodyType }));
const JSON_AND_FORMS = 'The runtime reads JSON and forms. Name a type of JSON, or a form.';
const A_TYPE = 'Write a media type, or a list of them.';

describe('the check of bodyType', () => {
  it.each([
    undefined,
    'application/json',
    FORM,
    MERGE,
    'application/vnd.shop.v2+json',
    'application/problem+json',
    [FORM],
    ['application/json', FORM, MERGE],
  ])('accepts %j', (bodyType) => {
    expect(typed(bodyType)).toEqual([]);
  });

  it.each<readonly [unknown, string]>([
    ['application/JSON', "Write 'application/json': the charset is always UTF-8."],
    ['application/json; charset=utf-8', "Write 'application/json': the charset is always UTF-8."],
    ['application/json;version=1', "Write 'application/json': the charset is always UTF-8."],
    ['application/json\n', "Write 'application/json': the charset is always UTF-8."],
    [' application/json', "Write 'application/json': the charset is always UTF-8."],
    [`${FORM};charset=UTF-8`, `Write '${FORM}': the charset is always UTF-8.`],
    ['Application/Merge-Patch+JSON', `Write '${MERGE}': the charset is always UTF-8.`],
    ['multipart/form-data', 'Declare files with upload: it takes multipart/form-data.'],
    ['multipart/form-data; boundary=x', 'Declare files with upload: it takes multipart/form-data.'],
    ['multipart/mixed', 'Declare files with upload: it takes multipart/form-data.'],
    ['text/plain', JSON_AND_FORMS],
    ['text/json', JSON_AND_FORMS],
    ['text/csv', JSON_AND_FORMS],
    ['application/xml', JSON_AND_FORMS],
    ['application/octet-stream', JSON_AND_FORMS],
    ['application/json-seq', JSON_AND_FORMS],
    ['application/x-ndjson', JSON_AND_FORMS],
    ['application/*', JSON_AND_FORMS],
    ['application/*+json', JSON_AND_FORMS],
    ['application/+json', JSON_AND_FORMS],
    ['*/*', JSON_AND_FORMS],
    ['json', JSON_AND_FORMS],
    ['application/json, text/plain', JSON_AND_FORMS],
    [`application/${'a'.repeat(101)}+json`, JSON_AND_FORMS],
    ['', JSON_AND_FORMS],
    [5, A_TYPE],
    [null, A_TYPE],
    [true, A_TYPE],
    [{}, A_TYPE],
    [new Set([FORM]), A_TYPE],
    [() => FORM, A_TYPE],
  ])('rejects %j: %s', (bodyType, fix) => {
    const fault = { code: 'body-type-invalid', found: expect.any(String), expected: expect.any(String), fix };
    expect(typed(bodyType)).toEqual([{ ...fault, location: 'routes.list.bodyType' }]);
    // Also in a list, at its index.
    expect(typed(['application/json', bodyType])).toEqual([{ ...fault, location: 'routes.list.bodyType.1' }]);
  });

  it('rejects an empty list, a list with a hole, a list in a list, and a type twice', () => {
    const location = (end: string) => `routes.list.bodyType${end}`;
    expect(typed([])).toMatchObject([
      { location: location(''), fix: 'Name a media type, or remove bodyType for JSON.' },
    ]);
    expect(typed(new Array(1))).toMatchObject([{ location: location('.0'), found: 'nothing', fix: A_TYPE }]);
    expect(typed([[FORM]])).toMatchObject([{ location: location('.0'), fix: A_TYPE }]);
    expect(typed([FORM, FORM])).toMatchObject([{ location: location('.1'), fix: 'Name each media type once.' }]);
  });

  it.each<readonly [string, object, string, string]>([
    ['a list', { type: 'array', maxItems: 2, items: text }, '', 'schema-not-object'],
    ['a string', text, '', 'schema-not-object'],
    ['an object in an object', withA(withA(text)), '.properties.a', 'parameter-not-scalar'],
    ['null', withA({ type: ['string', 'null'], maxLength: 3 }), '.properties.a', 'parameter-not-scalar'],
  ])('rejects %s of a form, which has only names and strings', (_, body, end, code) => {
    for (const bodyType of [FORM, ['application/json', FORM]]) {
      const [fault, ...more] = wholeFaultsOf(withBody({ bodyType }, body));
      expect([fault?.code, fault?.location, more]).toEqual([code, `routes.list.body${end}`, []]);
      expect(fault?.fix).toMatch(/^[A-Z].{10,}\.$/);
    }
    expect(faultsOf(withBody({}, body))).toEqual([]);
  });
});

describe('the check of bodyRequired', () => {
  it.each([true, false, undefined])('accepts %j', (bodyRequired) => {
    expect(faultsOf(withBody({ bodyRequired }))).toEqual([]);
  });

  it.each(['yes', 'false', 0, 1, null, {}, []])('rejects %j', (bodyRequired) => {
    expect(wholeFaultsOf(withBody({ bodyRequired }))).toEqual([
      {
        code: 'option-invalid',
        location: 'routes.list.bodyRequired',
        found: JSON.stringify(bodyRequired),
        expected: 'true or false',
        fix: 'Write a value of this kind, or leave the name out.',
      },
    ]);
  });

  it.each([
    ['bodyType', 'application/json', {}],
    ['bodyType', FORM, { upload: { field: 'a', maxBytes: 10, types: { 'image/png': ['.png'] } } }],
    ['bodyRequired', false, {}],
    ['bodyRequired', true, {}],
  ])('rejects %s: %j without a body', (name, value, more) => {
    expect(wholeFaultsOf(withRoute({ ...read, [name]: value, ...more }))).toEqual([
      {
        code: 'body-type-invalid',
        location: `routes.list.${name}`,
        found: `${name} without body`,
        expected: 'a schema of the body beside it',
        fix: `Declare the schema in body, or remove ${name}: without a schema the route takes no body.`,
      },
    ]);
  });

  it.each<readonly [string, boolean | undefined, string]>([
    ['GET', undefined, 'Use the query, or another method.'],
    ['GET', false, 'Use the query, or another method.'],
    ['DELETE', undefined, 'bodyRequired: false for clients that send one.'],
    ['DELETE', true, 'bodyRequired: false for clients that send one.'],
  ])('rejects a body on %s with %j', (method, bodyRequired, fix) => {
    const options = { ...read, body: withA(text), bodyRequired };
    expect(wholeFaultsOf({ routes: { list: { method, path: '/notes', options } } })).toEqual([
      expect.objectContaining({
        code: 'body-not-allowed',
        location: 'routes.list.body',
        fix: expect.stringContaining(fix),
      }),
    ]);
  });
});

describe('mergePatchOf', () => {
  const fault = (schema: unknown) => {
    try {
      mergePatchOf(schema as object);
    } catch (error) {
      return (error as { readonly faults?: readonly object[] }).faults?.[0];
    }
    return undefined;
  };
  const cycle: { type: string; properties: Record<string, unknown> } = { type: 'object', properties: {} };
  cycle.properties['self'] = cycle;

  it.each<readonly [string, unknown]>([
    ['null', null],
    ['undefined', undefined],
    ['a number', 5],
    ['a string', 'Note'],
    ['a list', [withA(text)]],
    ['a function', () => withA(text)],
    ['a class', class Note {}],
    ['a cycle', cycle],
    ['a big integer', withA({ ...text, maxLength: 9n })],
    ['an empty schema', {}],
    ['a schema of strings', text],
    ['a union', { anyOf: [withA(text)] }],
    ['a choice inside', withA({ anyOf: [withA(text), text] })],
    ['a transformation', z.strictObject({ a: z.string().max(3).transform(Number) })],
  ])('rejects %s', (_, schema) => {
    expect(fault(schema)).toEqual({
      code: 'schema-not-expressible',
      location: 'mergePatchOf()',
      found: expect.any(String),
      expected: 'an object of which each part can be changed alone',
      fix: expect.stringContaining('Write the schema of the patch yourself'),
    });
  });

  it.each<readonly [string, object, string]>([
    ['null as properties', { type: 'object', properties: null }, ''],
    ['null as a property', withA(null as unknown as object), ''],
    ['an unknown type', withA({ type: 5 }), '.properties.a'],
    ['a string of required names', withA(text, { required: 'a' }), ''],
    ['null in a choice', withA({ anyOf: [null] }), '.properties.a'],
    ['a choice that is no list', withA({ anyOf: 'x' }), '.properties.a'],
  ])('rejects %s', (_, schema, end) => {
    expect(fault(schema)).toEqual({
      code: 'schema-not-compilable',
      location: `mergePatchOf()${end}`,
      found: expect.any(String),
      expected: expect.any(String),
      fix: 'Fix the value of the keyword. Nothing is ignored.',
    });
  });

  it.each([
    withA(text),
    withA(withA(text)),
    withA({ type: 'array', maxItems: 2, items: withA(text) }),
    withA({ ...withA(text), type: ['object', 'null'] }),
    Type.Object({ a: Type.Optional(Type.String({ maxLength: 3 })) }, { additionalProperties: false }),
    z.strictObject({ a: z.string().max(3).optional() }),
  ])('accepts %j, as the body of a route', (schema) => {
    expect(faultsOf(withBody({ bodyType: MERGE }, mergePatchOf(schema)))).toEqual([]);
  });
});
