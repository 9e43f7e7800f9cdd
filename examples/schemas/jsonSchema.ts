import { shopOf } from './shop.ts';

export const shop = shopOf({
  type: 'object',
  properties: {
    email: { type: 'string', format: 'email', maxLength: 120 },
    lines: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          sku: { type: 'string', pattern: '^[A-Z0-9]{4,12}$', maxLength: 12 },
          quantity: { type: 'integer', minimum: 1, maximum: 99 },
        },
        required: ['sku', 'quantity'],
        additionalProperties: false,
      },
      minItems: 1,
      maxItems: 20,
    },
    note: { type: 'string', maxLength: 200, 'x-text': 'plain' },
  },
  required: ['email', 'lines'],
  additionalProperties: false,
});
