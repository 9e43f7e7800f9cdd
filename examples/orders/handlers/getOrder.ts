import { problem } from 'secure-api/runtime';
import { ordersOf } from '../data/orders.ts';
import { etagOf } from '../logic/order.ts';
import { secure } from './secure.ts';

export const handler = secure('getOrder', async ({ path }) => {
  const order = await ordersOf(path.tenantId).find(path.orderId);
  if (order === undefined) throw problem(404, 'There is no such order.');
  return { status: 200, body: order, headers: { ETag: etagOf(order) } };
});
