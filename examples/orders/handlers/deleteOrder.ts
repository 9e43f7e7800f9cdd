import { problem } from 'secure-api/runtime';
import { ordersOf } from '../data/orders.ts';
import { secure } from './secure.ts';

export const handler = secure('deleteOrder', async ({ path }) => {
  if (!(await ordersOf(path.tenantId).remove(path.orderId))) throw problem(404, 'There is no such order.');
  return { status: 204 };
});
