import { createHash } from 'node:crypto';
import type { NewOrder, Order, OrderPatch } from '../schemas.ts';

/** The entity tag of an order's version (RFC 9110, section 8.8.3). */
export function etagOf({ version }: Order): string {
  return `"${version}"`;
}

/**
 * The id of the order that a request with an idempotency key places: always the same UUID (RFC 9562, version 8). The key is that of
 * one caller; the table keeps those of tenants apart.
 *
 * @param row of an imported file.
 */
export function orderIdOf(idempotencyKey: string, row?: number): string {
  const hex = createHash('sha256')
    .update(JSON.stringify([idempotencyKey, row]))
    .digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}

/** How long after its creation an order can be that of a repeated request: as long as keys are stored. */
const REPEATED_MS = 86_400_000;

/** Whether an order is what the same request has placed before. It can have been changed, paid or cancelled since. */
export function isRepeated(before: Order, { article, quantity, note, createdBy, createdAt }: Order): boolean {
  const isRecent = Date.parse(createdAt) - Date.parse(before.createdAt) < REPEATED_MS;
  const isUnchanged = before.quantity === quantity && before.note === note;
  const isSame = before.article === article && before.createdBy === createdBy && (isUnchanged || before.version > 1);
  return isRecent && isSame;
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
