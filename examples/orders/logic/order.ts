import type { NewOrder, Order, OrderPatch } from '../schemas.ts';

/** The entity tag of an order's version (RFC 9110, section 8.8.3). */
export function etagOf({ version }: Order): string {
  return `"${version}"`;
}

/** A new order, which nobody has paid yet. */
export function placed(content: NewOrder, by: string, { id, now }: { readonly id: string; readonly now: Date }): Order {
  return { id, ...content, status: 'open', createdBy: by, createdAt: now.toISOString(), version: 1 };
}

/** The next version of an order, after a merge patch (RFC 7396). */
export function patched(order: Order, { quantity, note }: OrderPatch): Order {
  const { note: before, ...rest } = order;
  const after = note === undefined ? before : (note ?? undefined);
  return {
    ...rest,
    quantity: quantity ?? order.quantity,
    ...(after === undefined ? {} : { note: after }),
    version: order.version + 1,
  };
}

/** The next version of an order in another status. */
export function inStatus(order: Order, status: Order['status']): Order {
  return { ...order, status, version: order.version + 1 };
}
