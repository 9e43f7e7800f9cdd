import { ordersOf } from '../data/orders.ts';
import { secure } from './secure.ts';

export const handler = secure('listAllOrders', async ({ caller }) => {
  const { items } = await ordersOf(caller.claims.tenant).page(100);
  return { status: 200, body: { items } };
});
