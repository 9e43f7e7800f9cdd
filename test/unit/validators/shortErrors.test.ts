import { describe, expect, it } from 'vitest';
import type { SchemaNode } from '../../../lib/definition/schema.ts';
import { createAjv } from '../../../lib/validators/ajv.ts';
import { withShortErrors } from '../../../lib/validators/shortErrors.ts';
import { evaluate, moduleSource } from '../../../lib/validators/standalone.ts';

const item = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'], additionalProperties: false };
const schema = {
  type: 'object',
  properties: {
    kind: { enum: ['a', 'schemaPath:"b",keyword:"c"'] },
    one: { const: { x: '}' } },
    code: { type: 'string', pattern: '^"[{};]\\\\?$', maxLength: 3 },
    'a/b~c"d': { type: 'integer', minimum: 2, maximum: 5 },
    list: { type: 'array', items: item, maxItems: 2, uniqueItems: true },
    choice: { type: 'object', anyOf: [item, { type: 'object', properties: {}, additionalProperties: false }] },
    only: { type: 'object', oneOf: [item, item] },
    if: { type: 'object', properties: { n: { not: { type: 'string' } } }, additionalProperties: false },
    not: { type: 'object', properties: { anyOf: item }, additionalProperties: false },
    when: { type: 'object', if: { required: ['a'] }, else: { required: ['c'] } },
    date: { type: 'string', format: 'date' },
  },
  required: ['kind'],
  additionalProperties: false,
} as unknown as SchemaNode;

const values: readonly unknown[] = [
  {},
  7,
  { kind: 'c', one: 1, code: 'toolong', 'a/b~c"d': 1, extra: 1, 'schemaPath:"': 1 },
  { kind: 'a', 'a/b~c"d': 9.5, list: [{ n: 'x' }, { n: 1, m: 2 }, { n: 1, m: 2 }], date: 'tomorrow' },
  {
    kind: 'a',
    choice: { n: 1, m: 2 },
    only: { n: 1 },
    not: { anyOf: { m: 1 }, x: 1 },
    when: { a: 1 },
    if: { n: '', u: 2 },
  },
  { kind: 'a', choice: [], only: {}, not: 1, when: {} },
  { kind: 'a' },
];

/** In the paths of the schema above: `not` and `anyOf` are also names of properties, which are no choices. */
const isInChoice = (path: string) =>
  /\/(?:anyOf|oneOf|not|if|then|else)\b/.test(path.replaceAll(/\/properties\/(?:not|anyOf|if)\b/g, ''));
const WITHOUT_PARAMS = ['pattern', 'enum', 'const'];

describe('the errors of a compiled validator', () => {
  const ajv = createAjv();
  const ofAjv = ajv.compile(schema);
  const source = moduleSource(createAjv(), schema);
  const ours = evaluate(source);

  it.each(values.map((value) => [JSON.stringify(value), value] as const))(
    'are those of the compiler, in its order, with what the runtime reads: %s',
    (_, value) => {
      expect(ours(structuredClone(value))).toBe(ofAjv(structuredClone(value)));
      const expected = ofAjv.errors?.map(({ instancePath, schemaPath, keyword, params }) => ({
        instancePath,
        keyword,
        params: WITHOUT_PARAMS.includes(keyword) ? {} : params,
        ...(isInChoice(schemaPath) ? { isInChoice: true } : {}),
      }));
      expect(ours.errors ?? undefined).toEqual(expected);
    },
  );

  it.each([
    'const err0 = {instancePath,schemaPath:"#/type",keyword:"type",params:{}};vErrors = [err0];errors++;',
    'vErrors = add(vErrors, {instancePath,schemaPath:"#/type",keyword:"type",params:{}});errors++;',
  ])('are not compiled from another form, which could hide a choice: %s', (code) => {
    expect(() => withShortErrors(code)).toThrow(
      expect.objectContaining({ faults: [expect.objectContaining({ code: 'compiler-unsupported' })] }),
    );
  });

  it('are found where ajv makes them, not in values of a schema that look alike', () => {
    const alike = { enum: ['vErrors.push(err1', ',schemaPath:"', '\\"vErrors = [err1'] } as unknown as SchemaNode;
    expect(evaluate(moduleSource(createAjv(), alike))('vErrors.push(err1')).toBe(true);
  });

  it('are all reported by the helper', () => {
    expect(source).not.toMatch(/,schemaPath:|vErrors\.push\(/);
    expect(source.match(/helper_fault\(vErrors/g)?.length).toBeGreaterThan(20);
  });
});
