import { defineApi, defineRoles, get, post } from 'secure-api';

// Plain JSON Schema works as well as TypeBox: the types are inferred from the literals.
const Order = {
  type: 'object',
  additionalProperties: false,
  required: ['article', 'quantity'],
  properties: {
    article: { type: 'string', minLength: 1, maxLength: 40, pattern: '^[A-Z0-9-]+$' },
    quantity: { type: 'integer', minimum: 1, maximum: 100 },
  },
} as const;

const Receipt = {
  type: 'object',
  additionalProperties: false,
  required: ['article', 'quantity', 'orderedBy'],
  properties: { ...Order.properties, orderedBy: { type: 'string', maxLength: 256 } },
} as const;

export const orders = defineApi({
  name: 'orders',
  version: '1.0.0',
  roles: defineRoles(
    { clerk: { can: ['order:place'] }, auditor: { can: ['order:read'] } },
    { reviewed: '2026-11-01', reviewEveryDays: 90 },
  ),
  tiers: { standard: { rate: 20, burst: 40, quota: { requests: 50_000, per: 'DAY' } } },
  routes: {
    health: get('/health', {
      public: 'liveness probe',
      responses: {
        200: {
          description: 'It is up',
          body: {
            type: 'object',
            additionalProperties: false,
            required: ['status'],
            properties: { status: { const: 'ok' } },
          },
        },
      },
    }),
    placeOrder: post('/orders', {
      permission: 'order:place',
      isolate: true,
      body: Order,
      responses: { 201: { description: 'The receipt', body: Receipt } },
    }),
  },
});
