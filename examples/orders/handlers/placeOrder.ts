import { ordersOf } from '../data/orders.ts';
import { etagOf, orderIdOf, placed } from '../logic/order.ts';
import { placeOnce } from '../logic/placeOnce.ts';
import { secure } from './secure.ts';

export const handler = secure('placeOrder', async ({ path, body, caller, idempotencyKey, log }) => {
  const id = orderIdOf(idempotencyKey);
  const order = await placeOnce(ordersOf(path.tenantId), placed(body, caller.id, { id, now: new Date() }));
  log.info('order placed', { order: order.id });
  const Location = `/tenants/${path.tenantId}/orders/${order.id}`;
  return { status: 201, body: order, headers: { Location, ETag: etagOf(order) } };
});
