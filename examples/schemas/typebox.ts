import { Type } from 'typebox';
import { object } from '../../lib/index.ts';
import { shopOf } from './shop.ts';

const Line = object({
  sku: Type.String({ pattern: '^[A-Z0-9]{4,12}$', maxLength: 12 }),
  quantity: Type.Integer({ minimum: 1, maximum: 99 }),
});

const Order = object({
  email: Type.String({ format: 'email', maxLength: 120 }),
  lines: Type.Array(Line, { minItems: 1, maxItems: 20 }),
  note: Type.Optional(Type.String({ maxLength: 200, 'x-text': 'plain' })),
});

export const shop = shopOf(Order);
