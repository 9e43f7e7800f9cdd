import { object, withDefault } from 'secure-api';
import { type Static, Type } from 'typebox';

/** The tenant: a company that uses the shop. It is part of addresses, tokens and logs. */
export const Tenant = Type.String({ minLength: 1, maxLength: 64, pattern: '^[a-z0-9][a-z0-9-]*$' });
export const OrderId = Type.String({ format: 'uuid' });
export const Status = Type.Union([Type.Literal('open'), Type.Literal('paid'), Type.Literal('cancelled')], {
  title: 'OrderStatus',
});

const article = Type.String({ minLength: 1, maxLength: 40, pattern: '^[A-Z0-9-]+$', examples: ['CHAIR-4'] });
const quantity = Type.Integer({ minimum: 1, maximum: 1000, examples: [2] });
const note = Type.String({ maxLength: 500 });

export const NewOrder = object({ article, quantity, note: Type.Optional(note) }, { title: 'NewOrder' });

/** A merge patch (RFC 7396): what is not there stays, and null removes the note. */
export const OrderPatch = object(
  { quantity: Type.Optional(quantity), note: Type.Optional(Type.Union([note, Type.Null()])) },
  { title: 'OrderPatch', minProperties: 1 },
);

export const Order = object(
  {
    id: OrderId,
    article,
    quantity,
    note: Type.Optional(note),
    status: Status,
    createdBy: Type.String({ maxLength: 600 }),
    createdAt: Type.String({ format: 'date-time' }),
    version: Type.Integer({ minimum: 1 }),
  },
  { title: 'Order' },
);

export const OrderPage = object(
  { items: Type.Array(Order, { maxItems: 100 }), next: Type.Optional(OrderId) },
  { title: 'OrderPage' },
);

/** One row of an imported file. */
export const OrderRow = object({ article, quantity, note: Type.Optional(note) }, { title: 'OrderRow' });
export const Imported = object({ orders: Type.Integer({ minimum: 0 }) }, { title: 'Imported' });

export const PageQuery = object({
  limit: withDefault(Type.Integer({ minimum: 1, maximum: 100 }), 20),
  after: Type.Optional(OrderId),
});

/** A page of at most 1,000 rows is below the 6 MB that a function can return; each of them has less than 4 KB. */
export const ExportQuery = object({
  limit: withDefault(Type.Integer({ minimum: 1, maximum: 1000 }), 1000),
  after: Type.Optional(OrderId),
});

/** What the shop reads of an event; the sender can add members at any time. */
const sender = { additionalProperties: true, 'x-unbounded': 'the sender adds members without notice' } as const;
export const PaymentEvent = Type.Object(
  {
    id: Type.String({ minLength: 1, maxLength: 255, pattern: '^[A-Za-z0-9_]+$' }),
    type: Type.String({ minLength: 1, maxLength: 100, pattern: '^[a-z0-9_.]+$' }),
    data: Type.Object(
      {
        object: Type.Object(
          {
            metadata: Type.Optional(
              Type.Object({ tenant: Type.Optional(Tenant), order: Type.Optional(OrderId) }, sender),
            ),
          },
          sender,
        ),
      },
      sender,
    ),
  },
  { title: 'PaymentEvent', ...sender },
);

export type Order = Static<typeof Order>;
export type NewOrder = Static<typeof NewOrder>;
export type OrderPatch = Static<typeof OrderPatch>;
