import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import dynalite from 'dynalite';
import { type RecordTable, recordTable } from '../../lambdas/runtime/idempotency/recordTable.ts';

const TABLE = 'idempotency-test';
const credentials = { accessKeyId: 'test', secretAccessKey: 'test' };

/** A local DynamoDB with a table of idempotency keys, as the construct creates it. */
export interface RecordServer {
  /** The variables of a function that uses it. */
  readonly environment: Readonly<Record<string, string>>;
  /** The attributes of an item. */
  item(id: string): Promise<Readonly<Record<string, unknown>> | undefined>;
  /** Replaces an item. */
  put(item: Readonly<Record<string, { readonly S: string } | { readonly N: string }>>): Promise<void>;
  close(): Promise<void>;
}

/** Starts it; its data is lost at the end. */
export async function startRecordTable(): Promise<RecordServer> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = new DynamoDBClient({ endpoint: url, region: 'eu-west-1', credentials });
  await client.send(
    new CreateTableCommand({
      TableName: TABLE,
      BillingMode: 'PAY_PER_REQUEST',
      AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
      KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    }),
  );
  return {
    environment: {
      SECURE_API_IDEMPOTENCY_TABLE: TABLE,
      AWS_ENDPOINT_URL_DYNAMODB: url,
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    },
    item: async (id) => (await client.send(new GetItemCommand({ TableName: TABLE, Key: { id: { S: id } } }))).Item,
    put: async (item) => {
      await client.send(new PutItemCommand({ TableName: TABLE, Item: item as never }));
    },
    close: async () => {
      client.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

/** The table as functions use it, but with time for a busy machine. */
export function patientTable(environment: Readonly<Record<string, string>>): RecordTable {
  return recordTable(environment, 60_000);
}
