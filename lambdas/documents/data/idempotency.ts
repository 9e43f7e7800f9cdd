import { GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { conditionalWrite, type Table } from './client.ts';
import { documentsTable } from './table.ts';

const { partitionKey, sortKey, timeToLive } = documentsTable;

/** The document that the first request with a key creates. */
export interface IdempotencyRecord {
  readonly fingerprint: string;
  readonly documentId: string;
  readonly createdAt: string;
  /** Whether the document was added; a repeated request does not add it again after it was deleted. */
  readonly done: boolean;
}

/**
 * Claims a key for a request, or returns the record of the request that claimed it. Of concurrent requests one claims it;
 * the others get its record. An expired record is ignored, because DynamoDB removes it only later.
 *
 * @param expiresAt epoch seconds, as `nowSeconds`.
 */
export async function claimKey(
  { client, name }: Table,
  id: string,
  record: Omit<IdempotencyRecord, 'done'>,
  { nowSeconds, expiresAt }: { readonly nowSeconds: number; readonly expiresAt: number },
): Promise<IdempotencyRecord> {
  const mine = { ...record, done: false };
  const put = new PutCommand({
    TableName: name,
    Item: { ...keyOf(id), ...mine, [timeToLive]: expiresAt },
    ConditionExpression: `attribute_not_exists(${partitionKey}) OR #ttl <= :now`,
    ExpressionAttributeNames: { '#ttl': timeToLive },
    ExpressionAttributeValues: { ':now': nowSeconds },
  });
  if (await conditionalWrite(client.send(put))) return mine;
  const { Item } = await client.send(new GetCommand({ TableName: name, Key: keyOf(id), ConsistentRead: true }));
  return Item === undefined ? mine : recordOf(Item);
}

/** Records that the document of a key was added. */
export async function completeKey({ client, name }: Table, id: string): Promise<void> {
  const change = new UpdateCommand({
    TableName: name,
    Key: keyOf(id),
    UpdateExpression: 'SET #done = :done',
    ConditionExpression: `attribute_exists(${partitionKey})`,
    ExpressionAttributeNames: { '#done': 'done' },
    ExpressionAttributeValues: { ':done': true },
  });
  await conditionalWrite(client.send(change));
}

function recordOf(item: Readonly<Record<string, unknown>>): IdempotencyRecord {
  const { fingerprint, documentId, createdAt, done } = item as unknown as IdempotencyRecord;
  return { fingerprint, documentId, createdAt, done };
}

function keyOf(id: string) {
  return { [partitionKey]: `idempotency#${id}`, [sortKey]: 'idempotency' };
}
