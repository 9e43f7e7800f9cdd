import { ordersOf } from '../data/orders.ts';
import { secure } from './secure.ts';

export const handler = secure('listOrders', async ({ path, query }) => ({
  status: 200,
  body: await ordersOf(path.tenantId).page(query.limit, query.after),
}));
