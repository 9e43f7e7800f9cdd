import { BatchWriteItemCommand, DynamoDBClient, ListTablesCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import type { RunningGateway } from './gateway.ts';

/** Settings of a client of a service that a local gateway runs. */
export function localService({ ready: { environment } }: RunningGateway, name: 'DYNAMODB' | 'SECRETS_MANAGER') {
  return {
    endpoint: environment[`AWS_ENDPOINT_URL_${name}`] ?? '',
    region: environment['AWS_REGION'] ?? '',
    credentials: {
      accessKeyId: environment['AWS_ACCESS_KEY_ID'] ?? '',
      secretAccessKey: environment['AWS_SECRET_ACCESS_KEY'] ?? '',
    },
  };
}

/** Removes all idempotency keys: the next request with one runs, as after a function that was killed before its end. */
export async function forgetKeys(gateway: RunningGateway): Promise<void> {
  const tables = new DynamoDBClient(localService(gateway, 'DYNAMODB'));
  const { TableNames = [] } = await tables.send(new ListTablesCommand({}));
  const TableName = TableNames.find((name) => name.includes('Idempotency')) ?? expect.fail('no table of keys');
  const { Items = [] } = await tables.send(new ScanCommand({ TableName }));
  const deletions = Items.map(({ id }) => ({ DeleteRequest: { Key: { id: id ?? expect.fail('no id') } } }));
  await tables.send(new BatchWriteItemCommand({ RequestItems: { [TableName]: deletions } }));
  tables.destroy();
}
