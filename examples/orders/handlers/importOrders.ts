import { ordersOf } from '../data/orders.ts';
import { orderIdOf, placed } from '../logic/order.ts';
import { placeOnce } from '../logic/placeOnce.ts';
import type { NewOrder } from '../schemas.ts';
import { secure } from './secure.ts';

/** Orders that are written at the same time. */
const CONCURRENCY = 25;

/** Each row has its own id: a retry after a timeout adds the rows that are missing. */
export const handler = secure('importOrders', async ({ path, files: [file], caller, idempotencyKey }) => {
  const orders = ordersOf(path.tenantId);
  const rows: NewOrder[] = [];
  for await (const row of file.rows()) rows.push(row);
  const now = new Date();
  const all = rows.map((row, index) => placed(row, caller.id, { id: orderIdOf(idempotencyKey, index), now }));
  for (let start = 0; start < all.length; start += CONCURRENCY) {
    await Promise.all(all.slice(start, start + CONCURRENCY).map((order) => placeOnce(orders, order)));
  }
  return { status: 201, body: { orders: all.length } };
});
