import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Api, defineApi, defineRoles, post } from '../../lib/definition/index.ts';
import { publicOpenApi } from '../../lib/openapi/index.ts';
import { FORMATS } from '../../lib/validators/formats.ts';
import { validate } from '../unit/openapi/support.ts';
import { BUILDERS, plans } from './examplePlans.ts';

const MANY = 20;
const REVIEW = { reviewed: '2026-11-01', reviewEveryDays: 366 };

/** An API whose request and response have this body. */
function apiOf(body: object): Api {
  const route = post('/orders', {
    permission: 'order:write',
    body,
    responses: { 200: { description: 'The order', body } },
  } as never);
  const definition = {
    name: 'orders',
    version: '1.0.0',
    roles: defineRoles({ clerk: { can: ['order:write'] } }, REVIEW),
    tiers: { free: { rate: 1, burst: 2, quota: { requests: 1_000, per: 'DAY' } } },
    routes: { add: route },
  };
  return defineApi(definition as never, { today: new Date('2026-11-10') }) as unknown as Api;
}

type Json = Readonly<Record<string, unknown>>;
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null;

/** Every example of a document, with the pointer of the schema that it belongs to. */
function examplesIn(node: unknown, pointer = '#'): readonly (readonly [schema: string, example: unknown])[] {
  if (!isObject(node)) return [];
  const own = Array.isArray(node['examples']) ? node['examples'].map((one) => [pointer, one] as const) : [];
  const media = 'schema' in node && 'example' in node ? [[`${pointer}/schema`, node['example']] as const] : [];
  const below = Object.entries(node).filter(([name]) => !['examples', 'example', 'const', 'enum'].includes(name));
  const step = (name: string) => name.replaceAll('~', '~0').replaceAll('/', '~1');
  return [...own, ...media, ...below.flatMap(([name, value]) => examplesIn(value, `${pointer}/${step(name)}`))];
}

/** One for all documents, because it compiles the schema of schemas first, which takes longer than a document. */
const AJV = new Ajv2020({ strict: false, formats: FORMATS });

/** Examples that the schema beside them rejects. */
function wrongExamples(document: object): readonly string[] {
  const plain = JSON.parse(JSON.stringify(document)) as Json;
  // The document before.
  AJV.removeSchema();
  AJV.addSchema({ ...plain, $id: 'https://a.example/openapi' });
  return examplesIn(plain).flatMap(([pointer, example]) => {
    const isValid = AJV.compile({ $ref: `https://a.example/openapi${encodeURI(pointer)}` });
    return isValid(example) ? [] : [`${JSON.stringify(example)} at ${pointer}: ${JSON.stringify(isValid.errors)}`];
  });
}

describe('every example of a public document is one that its schema accepts', () => {
  it.each(Object.entries(BUILDERS))('with %s', { timeout: 120_000 }, async (_, write) => {
    let shown = 0;
    for (const plan of fc.sample(plans, { numRuns: 120, seed: 15 })) {
      const document = publicOpenApi(apiOf(write(plan)));
      expect(wrongExamples(document), JSON.stringify(plan)).toEqual([]);
      shown += examplesIn(document).filter(([pointer]) => pointer.endsWith('/schema')).length;
      if (shown === MANY) expect(await validate(document)).toEqual({ valid: true });
    }
    expect(shown).toBeGreaterThan(MANY);
  });
});
