import { randomUUID } from 'node:crypto';
import { ordersOf } from '../data/orders.ts';
import { placed } from '../logic/order.ts';
import { secure } from './secure.ts';

export const handler = secure('importOrders', async ({ path, files: [file], caller }) => {
  const orders = ordersOf(path.tenantId);
  let count = 0;
  for await (const row of file.rows()) {
    await orders.add(placed(row, caller.id, { id: randomUUID(), now: new Date() }));
    count += 1;
  }
  return { status: 201, body: { orders: count } };
});
