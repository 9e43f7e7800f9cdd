import { ordersOf } from '../data/orders.ts';
import { etagOf, patched } from '../logic/order.ts';
import { secure } from './secure.ts';

export const handler = secure('changeOrder', async ({ path, headers, body, problem }) => {
  const orders = ordersOf(path.tenantId);
  const before = await orders.find(path.orderId);
  if (before === undefined) throw problem(404, 'There is no such order.');
  if (before.status !== 'open') throw problem('order-closed');
  const after = patched(before, body);
  const isCurrent = headers['if-match'] === etagOf(before) && (await orders.replace(after));
  if (!isCurrent) throw problem(412, 'The order has another version now.');
  return { status: 200, body: after, headers: { ETag: etagOf(after) } };
});
