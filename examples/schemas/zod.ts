import { z } from 'zod';
import { shopOf } from './shop.ts';

const Line = z.strictObject({
  sku: z
    .string()
    .regex(/^[A-Z0-9]{4,12}$/)
    .max(12),
  quantity: z.int().min(1).max(99),
});

const Order = z.strictObject({
  email: z.email().max(120),
  lines: z.array(Line).min(1).max(20),
  // What JSON Schema has no word for in Zod stands in `meta`.
  note: z.string().max(200).meta({ 'x-text': 'plain' }).optional(),
});

export const shop = shopOf(Order);
