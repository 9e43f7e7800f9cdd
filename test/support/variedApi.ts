import { Type } from 'typebox';
import { defineApi, defineRoles, get, object, patch, post, withDefault } from '../../lib/definition/index.ts';

const Sku = Type.String({ maxLength: 32, pattern: '^[A-Z0-9-]+$', examples: ['TEA-1'] });
const State = Type.Enum(['open', 'paid', 'shipped'], { $id: 'State' });
const Card = object(
  { kind: Type.Literal('card'), last4: Type.String({ pattern: '^\\d{4}$', maxLength: 4 }) },
  { title: 'Card payment' },
);
const Transfer = object(
  { kind: Type.Enum(['sepa', 'swift']), iban: Type.String({ maxLength: 34 }) },
  { title: 'Bank transfer' },
);
const Payment = Type.Union([Card, Transfer], { $id: 'Payment' });
const Line = object(
  { sku: Sku, count: withDefault(Type.Integer({ minimum: 1, maximum: 99 }), 1) },
  { $id: 'order-line' },
);
const order = {
  lines: Type.Array(Line, { maxItems: 20 }),
  payment: Type.Optional(Payment),
  note: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
};
const NewOrder = object(order, { $id: 'NewOrder', examples: [{ lines: [{ sku: 'TEA-1', count: 2 }] }] });
const Order = object({ id: Type.Integer(), state: State, ...order }, { $id: 'Order' });

/**
 * A definition with what generators of clients find difficult: choices with a discriminator, nullable values, names with hyphens
 * and spaces, defaults, several media types, an optional body, a deprecated route, examples.
 */
export const varied = defineApi(
  {
    name: 'varied',
    version: '1.0.0',
    roles: defineRoles(
      { clerk: { can: ['order:read', 'order:write'] } },
      { reviewed: '2026-11-01', reviewEveryDays: 366 },
    ),
    tiers: { free: { rate: 10, burst: 20, quota: { requests: 1_000, per: 'DAY' } } },
    scopes: { 'orders.write': 'Change orders' },
    routes: {
      listOrders: get('/orders', {
        permission: 'order:read',
        query: object({
          state: Type.Optional(State),
          sku: Type.Optional(Type.Array(Sku, { maxItems: 5 })),
          'page-size': withDefault(Type.Integer({ minimum: 1, maximum: 50 }), 20),
        }),
        responses: { 200: { description: 'Orders', body: object({ items: Type.Array(Order, { maxItems: 50 }) }) } },
      }),
      addOrder: post('/orders', {
        permission: 'order:write',
        scopes: ['orders.write'],
        headers: object({ 'x-trace-id': Type.Optional(Type.String({ maxLength: 64 })) }),
        body: NewOrder,
        responses: {
          201: { description: 'The order', body: Order, headers: { Location: 'Path of the order.' } },
          202: { description: 'It is being checked', body: object({ check: Type.String({ maxLength: 64 }) }) },
        },
        problems: [409, 422],
      }),
      changeOrder: patch('/orders/{orderId}', {
        permission: 'order:write',
        path: object({ orderId: Type.Integer({ minimum: 1 }) }),
        body: object({ payment: Payment }),
        bodyType: 'application/merge-patch+json',
        responses: { 200: { description: 'The order', body: Order } },
        problems: [404],
      }),
      addNotes: post('/notes', {
        permission: 'order:write',
        body: object({ notes: Type.Array(Type.String({ maxLength: 50 }), { maxItems: 5 }) }, { title: 'Notes' }),
        bodyType: ['application/json', 'application/x-www-form-urlencoded'],
        bodyRequired: false,
        responses: { 204: { description: 'Added' } },
      }),
      exportOrders: get('/exports', {
        permission: 'order:read',
        deprecated: { since: '2026-01-01', sunset: '2036-01-01', link: 'https://example.com/exports' },
        responses: { 200: { description: 'All orders', contentType: 'text/csv' } },
      }),
    },
  },
  { today: new Date('2026-11-10') },
);
