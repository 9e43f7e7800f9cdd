import { randomUUID } from 'node:crypto';
import type { Orders } from '../data/orders.ts';
import type { Order } from '../schemas.ts';
import { isRepeated } from './order.ts';

/**
 * Adds an order whose id comes from an idempotency key. A function that was killed after it had added the order runs again with the
 * same key: it finds that order. Keys are forgotten after a day: an order that another request has placed by then keeps the id.
 */
export async function placeOnce(orders: Pick<Orders, 'add' | 'find'>, order: Order): Promise<Order> {
  if (await orders.add(order)) return order;
  const before = await orders.find(order.id);
  if (before !== undefined && isRepeated(before, order)) return before;
  const other = { ...order, id: randomUUID() };
  if (!(await orders.add(other))) throw new Error('a random id was taken');
  return other;
}
