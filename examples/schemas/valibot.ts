import { toStandardJsonSchema } from '@valibot/to-json-schema';
import * as v from 'valibot';
import { shopOf } from './shop.ts';

const Line = v.strictObject({
  sku: v.pipe(v.string(), v.regex(/^[A-Z0-9]{4,12}$/), v.maxLength(12)),
  quantity: v.pipe(v.number(), v.integer(), v.minValue(1), v.maxValue(99)),
});

const Order = v.strictObject({
  email: v.pipe(v.string(), v.email(), v.maxLength(120)),
  lines: v.pipe(v.array(Line), v.minLength(1), v.maxLength(20)),
  note: v.optional(v.pipe(v.string(), v.maxLength(200))),
});

export const shop = shopOf(toStandardJsonSchema(Order));
