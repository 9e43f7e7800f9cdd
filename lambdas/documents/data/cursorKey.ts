import { randomBytes } from 'node:crypto';
import { GetCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { conditionalWrite, type Table } from './client.ts';
import { documentsTable } from './table.ts';

const { partitionKey, sortKey } = documentsTable;
const KEY = { [partitionKey]: 'cursor-key', [sortKey]: 'cursor-key' };
const KEY_BYTES = 32;

/**
 * The secret that signs cursors. The first request creates it. It is stored in the table, which is encrypted, so that every
 * instance of the function has it and no environment variable contains it.
 */
export async function loadCursorKey({ client, name }: Table): Promise<Uint8Array> {
  const read = async () => {
    const { Item } = await client.send(new GetCommand({ TableName: name, Key: KEY, ConsistentRead: true }));
    return Item?.['secret'] as Uint8Array | undefined;
  };
  const known = await read();
  if (known !== undefined) return known;
  const secret = new Uint8Array(randomBytes(KEY_BYTES));
  const put = new PutCommand({
    TableName: name,
    Item: { ...KEY, secret },
    ConditionExpression: `attribute_not_exists(${partitionKey})`,
  });
  return (await conditionalWrite(client.send(put))) ? secret : ((await read()) ?? secret);
}
