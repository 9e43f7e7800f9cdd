import { problem } from 'secure-api/runtime';
import { ordersOf } from '../data/orders.ts';
import { inStatus } from '../logic/order.ts';
import { secure } from './secure.ts';

/** Marks the order of a successful payment as paid. Events that the shop does not use are received, too, or they come again. */
export const handler = secure('paymentEvent', async ({ body, log }) => {
  const { tenant, order: id } = body.data.object.metadata ?? {};
  if (body.type !== 'payment_intent.succeeded' || tenant === undefined || id === undefined) return { status: 204 };
  const orders = ordersOf(tenant);
  const order = await orders.find(id);
  if (order?.status !== 'open') {
    log.warn('a payment for an order that is not open', { tenant, order: id });
    return { status: 204 };
  }
  // Somebody changed the order meanwhile: the sender repeats the event.
  if (!(await orders.replace(inStatus(order, 'paid')))) throw problem(503, 'The order has changed; send it again.');
  return { status: 204 };
});
