import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DeleteCommand, DynamoDBDocumentClient, GetCommand, PutCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import type { Order } from '../schemas.ts';

/** The orders of one tenant. Every key starts with the tenant, so no method can reach those of another one. */
export interface Orders {
  find(id: string): Promise<Order | undefined>;
  /** Adds an order; false if its id exists. */
  add(order: Order): Promise<boolean>;
  /** Replaces the version before this one; false if somebody else has replaced it. */
  replace(order: Order): Promise<boolean>;
  /** False if there is no such order. */
  remove(id: string): Promise<boolean>;
  page(limit: number, after?: string): Promise<{ readonly items: Order[]; readonly next?: string }>;
}

let client: DynamoDBDocumentClient | undefined;

/** The orders of a tenant, in the table that `TABLE_NAME` names. */
export function ordersOf(tenant: string): Orders {
  client ??= DynamoDBDocumentClient.from(new DynamoDBClient({}), { marshallOptions: { removeUndefinedValues: true } });
  const table = client;
  const TableName = process.env['TABLE_NAME'];
  const keyOf = (id: string) => ({ tenant, id });
  return {
    async find(id) {
      const { Item } = await table.send(new GetCommand({ TableName, Key: keyOf(id), ConsistentRead: true }));
      return Item === undefined ? undefined : orderOf(Item);
    },
    add: (order) =>
      succeeds(
        table.send(
          new PutCommand({ TableName, Item: { tenant, ...order }, ConditionExpression: 'attribute_not_exists(id)' }),
        ),
      ),
    replace: (order) =>
      succeeds(
        table.send(
          new PutCommand({
            TableName,
            Item: { tenant, ...order },
            ConditionExpression: 'version = :before',
            ExpressionAttributeValues: { ':before': order.version - 1 },
          }),
        ),
      ),
    remove: (id) =>
      succeeds(
        table.send(new DeleteCommand({ TableName, Key: keyOf(id), ConditionExpression: 'attribute_exists(id)' })),
      ),
    async page(limit, after) {
      const { Items = [], LastEvaluatedKey } = await table.send(
        new QueryCommand({
          TableName,
          KeyConditionExpression: 'tenant = :tenant',
          ExpressionAttributeValues: { ':tenant': tenant },
          Limit: limit,
          ExclusiveStartKey: after === undefined ? undefined : keyOf(after),
        }),
      );
      const items = Items.map(orderOf);
      return LastEvaluatedKey === undefined ? { items } : { items, next: String(LastEvaluatedKey['id']) };
    },
  };
}

/** Whether a conditional write met its condition. */
async function succeeds(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}

function orderOf({ tenant: _, ...order }: Record<string, unknown>): Order {
  return order as Order;
}
