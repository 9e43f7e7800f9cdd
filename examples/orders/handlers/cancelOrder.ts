import { ordersOf } from '../data/orders.ts';
import { etagOf, inStatus } from '../logic/order.ts';
import { secure } from './secure.ts';

export const handler = secure('cancelOrder', async ({ path, problem }) => {
  const orders = ordersOf(path.tenantId);
  const before = await orders.find(path.orderId);
  if (before === undefined) throw problem(404, 'There is no such order.');
  if (before.status !== 'open') throw problem('order-closed');
  const after = inStatus(before, 'cancelled');
  // Another request was faster: the order may be paid now.
  if (!(await orders.replace(after))) throw problem('order-closed', 'The order has changed; read it again.');
  return { status: 200, body: after, headers: { ETag: etagOf(after) } };
});
