import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { DefinitionError, defineApi, defineRoles, object, post } from '../../../../lib/definition/index.ts';

const sku = Type.String({ maxLength: 9 });

/** Code and location of each fault of a definition whose routes have these bodies. */
function faultsOf(...bodies: readonly object[]): readonly string[] {
  const routes = bodies.map((body, i) => [
    `add${i}`,
    post(`/${i}`, { permission: 'order:write', body, responses: { 204: { description: 'Done' } } } as never),
  ]);
  const roles = defineRoles({ clerk: { can: ['order:write'] } }, { reviewed: '2026-11-01' });
  const tiers = { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } } as const;
  const definition = { name: 'orders', version: '1.0.0', roles, tiers, routes: Object.fromEntries(routes) };
  try {
    defineApi(definition as never, { today: new Date('2026-11-10') });
    return [];
  } catch (error) {
    if (!(error instanceof DefinitionError)) throw error;
    return error.faults.map(({ code, location }) => `${code} ${location}`);
  }
}

const named = ($id: unknown, more: object = {}) => ({ ...object({ sku, ...more }), $id });

describe('the $id of a schema', () => {
  it.each([
    'Order',
    'order-line',
    'Order.v2',
    'urn:example:order',
    'https://example.com/order.json',
    '#Order',
    'Line of an order',
  ])('can be %s', ($id) => expect(faultsOf(named($id))).toEqual([]));

  it.each(['', '/', '注文', '2', '_order', 5, null, {}, `a${'b'.repeat(128)}`])('cannot be %o', ($id) => {
    expect(faultsOf(named($id))).toEqual(['schema-name-invalid routes.add0.body.$id']);
  });

  it('names one schema', () => {
    expect(faultsOf(named('Order'), named('Order'))).toEqual([]);
    expect(
      faultsOf(named('Order'), { ...named('Order'), description: 'Other', default: {}, title: 'T' }).join(),
    ).not.toContain('name');
    expect(faultsOf(named('Order'), named('Order', { id: sku }))).toEqual([
      'schema-name-conflict routes.add1.body.$id',
    ]);
    expect(faultsOf(object({ one: named('Order') as never, two: named('Order', { id: sku }) as never }))).toEqual([
      'schema-name-conflict routes.add0.body.properties.two.$id',
    ]);
  });

  it.each(['order', 'ORDER', 'Or-der', 'or.der'])(
    'differs from Order in more than case and punctuation, so it is not %s',
    ($id) => {
      expect(faultsOf(named('Order'), named($id))).toEqual(['schema-name-conflict routes.add1.body.$id']);
    },
  );

  it.each(['Problem', 'problem'])('is not %s, the schema of problem documents', ($id) => {
    expect(faultsOf(named($id))).toEqual(['schema-name-conflict routes.add0.body.$id']);
  });
});
