import { csvOf } from 'secure-api/runtime';
import { ordersOf } from '../data/orders.ts';
import { secure } from './secure.ts';

const COLUMNS = ['id', 'article', 'quantity', 'note', 'status', 'createdAt'] as const;

export const handler = secure('exportOrders', async ({ path, query: { limit, after } }) => {
  const { items, next } = await ordersOf(path.tenantId).page(limit, after);
  const more = `</tenants/${path.tenantId}/orders.csv?limit=${limit}&after=${next}>; rel="next"`;
  return { status: 200, body: csvOf(COLUMNS, items), headers: next === undefined ? {} : { Link: more } };
});
