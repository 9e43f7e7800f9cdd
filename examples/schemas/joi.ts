import Joi from 'joi';
import { shopOf } from './shop.ts';

interface Order {
  readonly email: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly note?: string;
}

const Line = Joi.object({
  sku: Joi.string()
    .pattern(/^[A-Z0-9]{4,12}$/)
    .max(12)
    .required(),
  quantity: Joi.number().integer().min(1).max(99).required(),
});

// Joi does not infer: its type is said.
const Order = Joi.object<Order>({
  email: Joi.string().email({ tlds: false }).max(120).required(),
  lines: Joi.array().items(Line).min(1).max(20).required(),
  note: Joi.string().max(200),
});

export const shop = shopOf(Order);
