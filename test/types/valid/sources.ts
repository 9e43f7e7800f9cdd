import type { shop as joi } from '../../../examples/schemas/joi.ts';
import type { shop as jsonSchema } from '../../../examples/schemas/jsonSchema.ts';
import type { shop as typebox } from '../../../examples/schemas/typebox.ts';
import type { shop as valibot } from '../../../examples/schemas/valibot.ts';
import type { shop as zod } from '../../../examples/schemas/zod.ts';
import type { RequestOf } from '../../../lib/definition/index.ts';

/** What every library's order has to be for a handler. */
interface Order {
  readonly email: string;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  readonly note?: string | undefined;
}

type Fits<A> = [A] extends [Order] ? ('price' extends keyof A ? false : unknown extends A ? false : true) : false;

export const inTypeBox: Fits<RequestOf<typeof typebox, 'placeOrder'>['body']> = true;
export const inJsonSchema: Fits<RequestOf<typeof jsonSchema, 'placeOrder'>['body']> = true;
export const inZod: Fits<RequestOf<typeof zod, 'placeOrder'>['body']> = true;
export const inValibot: Fits<RequestOf<typeof valibot, 'placeOrder'>['body']> = true;
export const inJoi: Fits<RequestOf<typeof joi, 'placeOrder'>['body']> = true;
