import Joi from 'joi';
import { Type } from 'typebox';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { type Api, defineApi, defineRoles, get, object, post } from '../../../lib/definition/index.ts';
import { publicOpenApi } from '../../../lib/openapi/index.ts';
import { type Tree, validate } from './support.ts';

const Order = object({ id: Type.Integer(), note: Type.Optional(Type.String({ maxLength: 9 })) }, { $id: 'Order' });
const sku = Type.String({ maxLength: 9 });

/** A definition whose routes have these bodies and queries. */
function apiOf(bodies: Readonly<Record<string, object>>, query?: object): Api {
  const routes = Object.entries(bodies).map(([id, body]) => [
    id,
    post(`/${id}`, { permission: 'order:write', body, responses: { 200: { description: 'Done', body } } } as never),
  ]);
  const list = get('/list', { permission: 'order:write', query, responses: { 204: { description: 'None' } } } as never);
  return defineApi(
    {
      name: 'orders',
      version: '1.0.0',
      roles: defineRoles({ clerk: { can: ['order:write'] } }, { reviewed: '2026-11-01' }),
      tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
      routes: { ...Object.fromEntries(routes), list },
    } as never,
    { today: new Date('2026-11-10') },
  ) as unknown as Api;
}

const treeOf = (...parameters: Parameters<typeof apiOf>) => publicOpenApi(apiOf(...parameters)) as unknown as Tree;
const schemasOf = (document: Tree) => {
  const { Problem: _, ...schemas } = (document['components']?.['schemas'] ?? {}) as Record<string, Tree>;
  return schemas;
};
const bodyOf = (document: Tree, id: string) =>
  document['paths']?.[`/${id}`]?.['post']?.['requestBody']?.['content']?.['application/json']?.['schema'];

describe('the name of a schema', () => {
  it.each<readonly [string, object]>([
    ['TypeBox by $id', Order],
    ['TypeBox by title', object({ id: Type.Integer() }, { title: 'Order' })],
    ['a URI', { ...Order, $id: 'https://example.com/schemas/Order.schema.json' }],
    ['Zod by meta id', z.strictObject({ id: z.int() }).meta({ id: 'Order' })],
    ['Zod by meta title', z.strictObject({ id: z.int() }).meta({ title: 'Order' })],
    ['Valibot by title', v.pipe(v.strictObject({ id: v.pipe(v.number(), v.integer()) }), v.title('Order'))],
    [
      'Valibot by metadata',
      v.pipe(v.strictObject({ id: v.pipe(v.number(), v.integer()) }), v.metadata({ $id: 'Order' })),
    ],
    ['Joi by label', Joi.object({ id: Joi.number().integer() }).label('Order')],
    ['Joi by id', Joi.object({ id: Joi.number().integer() }).id('Order')],
  ])('is declared: %s', async (_, schema) => {
    const document = treeOf({ add: schema });
    expect(Object.keys(schemasOf(document))).toEqual(['Order']);
    expect(bodyOf(document, 'add')).toMatchObject({ $ref: '#/components/schemas/Order' });
    expect(JSON.stringify(document)).not.toContain('$id');
    expect(await validate(document)).toEqual({ valid: true });
  });

  it('is the operation where none is declared, for each operation, whatever comes first', () => {
    const anonymous = object({ sku });
    const names = Object.keys(schemasOf(treeOf({ add: anonymous, change: anonymous })));
    expect(names).toEqual(['AddRequest', 'AddResponse', 'ChangeRequest', 'ChangeResponse']);
    expect(Object.keys(schemasOf(treeOf({ change: anonymous, add: anonymous }))).sort()).toEqual(names);
  });

  it('is used wherever the schema is, also inside others and in parameters', () => {
    const Status = Type.Enum(['open', 'closed'], { $id: 'Status' });
    const page = object({ items: Type.Array(Order, { maxItems: 3 }), status: Status });
    const document = treeOf({ add: Order, page }, object({ status: Type.Optional(Status), limit: Type.Integer() }));
    expect(schemasOf(document)['PageRequest']?.['properties']).toMatchObject({
      items: { items: { $ref: '#/components/schemas/Order' } },
      status: { $ref: '#/components/schemas/Status' },
    });
    const parameters = [...(document['paths']?.['/list']?.['get']?.['parameters'] ?? [])].map(({ schema }) => schema);
    expect(parameters).toEqual([{ $ref: '#/components/schemas/Status' }, { type: 'integer' }]);
  });

  it('keeps what one use says beside its reference, in any order', () => {
    const described = { ...Order, description: 'The first one' };
    for (const bodies of [
      { add: Order, page: object({ first: described }) },
      { page: object({ first: described }), add: Order },
    ]) {
      const schemas = schemasOf(treeOf(bodies));
      expect(schemas['Order']).not.toHaveProperty('description');
      expect(schemas['PageRequest']?.['properties']).toEqual({
        first: { $ref: '#/components/schemas/Order', description: 'The first one' },
      });
    }
  });

  it('keeps what all uses say in the component', () => {
    const described = object({ sku }, { $id: 'Item', title: 'Item of an order', description: 'An item' });
    expect(schemasOf(treeOf({ add: described }))['Item']).toMatchObject({
      title: 'Item of an order',
      description: 'An item',
    });
  });

  it('is no title that two schemas have, that describes a plain value, that is a sentence, or that is no name', () => {
    const titled = (title: string, more: object) => object({ sku, ...more }, { title });
    const names = (...bodies: readonly object[]) =>
      Object.keys(schemasOf(treeOf(Object.fromEntries(bodies.map((body, i) => [`r${i}`, body]))))).filter(
        (name) => !/^R\d/.test(name),
      );
    expect(names(titled('Item', {}), titled('Item', { id: sku }))).toEqual([]);
    expect(names(titled('Item', {}), titled('item', { id: sku }))).toEqual([]);
    expect(names(titled('Problem', {}))).toEqual([]);
    expect(names(titled('What a customer wants to have in an order', {}))).toEqual([]);
    expect(names(titled('注文', {}))).toEqual([]);
    expect(names(object({ sku: Type.String({ maxLength: 9, title: 'Sku' }) }))).toEqual([]);
    expect(names(titled('Line of an order', {}))).toEqual(['LineOfAnOrder']);
    expect(names(Order, titled('Order', {}))).toEqual(['Order']);
  });

  it('stays free of names that schemas declare', () => {
    const taken = object({ sku }, { $id: 'AddRequest' });
    expect(Object.keys(schemasOf(treeOf({ add: object({ id: Type.Integer() }), change: taken })))).toEqual([
      'AddRequest2',
      'AddResponse',
      'AddRequest',
    ]);
  });
});

describe('a choice', () => {
  const Card = object({ kind: Type.Literal('card'), number: sku }, { $id: 'Card' });
  const bank = object({ kind: Type.Enum(['sepa', 'swift']), iban: sku });

  it('has a discriminator where a common property selects the branch', async () => {
    const document = treeOf({ pay: object({ by: Type.Union([Card, bank]) }) });
    const { PayRequest, PayRequestBySepa } = schemasOf(document);
    expect(PayRequest?.['properties']?.['by']).toEqual({
      anyOf: [{ $ref: '#/components/schemas/Card' }, { $ref: '#/components/schemas/PayRequestBySepa' }],
      discriminator: {
        propertyName: 'kind',
        mapping: {
          card: '#/components/schemas/Card',
          sepa: '#/components/schemas/PayRequestBySepa',
          swift: '#/components/schemas/PayRequestBySepa',
        },
      },
    });
    expect(PayRequestBySepa).toMatchObject({ type: 'object', required: ['kind', 'iban'] });
    expect(await validate(document)).toEqual({ valid: true });
  });

  it.each<readonly [string, object]>([
    ['oneOf', { oneOf: [Card, bank] }],
    ['a nullable one', { anyOf: [{ anyOf: [Card, bank] }, { type: 'null' }] }],
  ])('has one: %s', (_, by) => {
    expect(
      JSON.stringify(treeOf({ pay: { type: 'object', properties: { by }, additionalProperties: false } })),
    ).toContain('"propertyName":"kind"');
  });

  it('of Zod or Valibot has one', () => {
    const kinds = ['a', 'b'] as const;
    const [one, two] = kinds.map((kind) => z.strictObject({ kind: z.literal(kind) }));
    const [three, four] = kinds.map((kind) => v.strictObject({ kind: v.literal(kind) }));
    const zod = z.strictObject({ by: z.discriminatedUnion('kind', [one, two] as never) });
    const valibot = v.strictObject({ by: v.variant('kind', [three, four] as never) });
    for (const schema of [zod, valibot])
      expect(JSON.stringify(treeOf({ pay: schema }))).toContain('"propertyName":"kind"');
  });

  it.each<readonly [string, object[]]>([
    ['a value of two branches', [Card, object({ kind: Type.Enum(['card', 'sepa']) })]],
    ['an optional property', [Card, object({ kind: Type.Optional(Type.Literal('sepa')) })]],
    ['a property that one branch does not have', [Card, object({ iban: sku })]],
    ['a property of any string', [Card, object({ kind: sku })]],
    ['numbers', [object({ kind: Type.Literal(1) }), object({ kind: Type.Literal(2) })]],
    ['a branch that is no object', [Card, sku]],
  ])('has none with %s', (_, branches) => {
    expect(JSON.stringify(treeOf({ pay: object({ by: Type.Union(branches as never) }) }))).not.toContain(
      'discriminator',
    );
  });
});

describe('an example of a body', () => {
  const exampleIn = (schema: object) => {
    const content = treeOf({ add: schema })['paths']?.['/add']?.['post']?.['requestBody']?.['content'];
    return (content?.['application/json'] as unknown as { readonly example?: unknown } | undefined)?.example;
  };

  it('is the declared one, or made of those of its members', () => {
    expect(exampleIn({ ...Order, examples: [{ id: 7 }] })).toEqual({ id: 7 });
    const withExamples = object({
      id: Type.Integer({ examples: [5] }),
      kind: Type.Literal('card'),
      tags: Type.Array(Type.Enum(['a', 'b']), { maxItems: 2 }),
      note: Type.Optional(Type.String({ maxLength: 9, examples: ['hi'] })),
      other: Type.Optional(sku),
    });
    expect(exampleIn(withExamples)).toEqual({ id: 5, kind: 'card', tags: ['a'], note: 'hi' });
  });

  it('is missing where a required member has none', () => {
    expect(exampleIn(Order)).toBeUndefined();
    expect(exampleIn(object({ tags: Type.Array(Type.Literal('a'), { minItems: 2, maxItems: 3 }) }))).toBeUndefined();
  });
});
