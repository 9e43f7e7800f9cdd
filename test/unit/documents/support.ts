import type { AddressInfo } from 'node:net';
import { CreateTableCommand, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import type { Table } from '../../../lambdas/documents/data/client.ts';
import { documentsTable } from '../../../lambdas/documents/data/table.ts';

const { partitionKey, sortKey, indexes } = documentsTable;

/** A local DynamoDB with the service's table, as the stack creates it. */
export async function startTable(): Promise<Table & { readonly url: string; readonly close: () => Promise<void> }> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const base = new DynamoDBClient({
    endpoint: url,
    region: 'eu-west-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  });
  const name = 'documents-test';
  await base.send(createTable(name));
  return {
    url,
    name,
    client: DynamoDBDocumentClient.from(base),
    close: async () => {
      base.destroy();
      server.closeAllConnections();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
    },
  };
}

function createTable(name: string): CreateTableCommand {
  const secondary = Object.values(indexes);
  const keys = new Set([partitionKey, sortKey, ...secondary.flatMap((index) => [index.partitionKey, index.sortKey])]);
  const schema = (partition: string, sort: string) => [
    { AttributeName: partition, KeyType: 'HASH' as const },
    { AttributeName: sort, KeyType: 'RANGE' as const },
  ];
  return new CreateTableCommand({
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [...keys].map((AttributeName) => ({ AttributeName, AttributeType: 'S' })),
    KeySchema: schema(partitionKey, sortKey),
    GlobalSecondaryIndexes: secondary.map((index) => ({
      IndexName: index.name,
      KeySchema: schema(index.partitionKey, index.sortKey),
      Projection: { ProjectionType: 'ALL' },
    })),
  });
}
