import { defineApi, defineRoles, type JsonSchema, post } from '../../lib/index.ts';

/** A shop with one route, which takes an order in whatever library its schema is written. */
export function shopOf<const Order extends JsonSchema>(order: Order) {
  return defineApi({
    name: 'shop',
    version: '1.0.0',
    roles: defineRoles({ buyer: { can: ['order:create'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
    tiers: { free: { rate: 10, burst: 20, quota: { requests: 10_000, per: 'DAY' } } },
    routes: {
      placeOrder: post('/orders', {
        permission: 'order:create',
        body: order,
        responses: { 204: { description: 'Taken' } },
      }),
    },
  });
}
