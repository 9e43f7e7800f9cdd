import { csvOf } from 'secure-api/runtime';
import { ordersOf } from '../data/orders.ts';
import type { Order } from '../schemas.ts';
import { secure } from './secure.ts';

const COLUMNS = ['id', 'article', 'quantity', 'note', 'status', 'createdAt'] as const;

export const handler = secure('exportOrders', async ({ path }) => {
  const orders = ordersOf(path.tenantId);
  const all: Order[] = [];
  let after: string | undefined;
  do {
    const page = await orders.page(100, after);
    all.push(...page.items);
    after = page.next;
  } while (after !== undefined);
  const oldestFirst = all.toSorted((a, b) => a.createdAt.localeCompare(b.createdAt));
  return { status: 200, body: csvOf(COLUMNS, oldestFirst) };
});
