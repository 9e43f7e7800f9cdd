import { randomUUID } from 'node:crypto';
import { ordersOf } from '../data/orders.ts';
import { etagOf, placed } from '../logic/order.ts';
import { secure } from './secure.ts';

export const handler = secure('placeOrder', async ({ path, body, caller, log }) => {
  const order = placed(body, caller.id, { id: randomUUID(), now: new Date() });
  await ordersOf(path.tenantId).add(order);
  log.info('order placed', { order: order.id });
  const Location = `/tenants/${path.tenantId}/orders/${order.id}`;
  return { status: 201, body: order, headers: { Location, ETag: etagOf(order) } };
});
