import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  ScanCommand,
} from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { dynamoDbCall } from '../../services/dynamodb/call.ts';
import { sweepExpired } from '../../services/dynamodb/expiry.ts';
import { loadDynalite } from '../../services/dynamodb/loadDynalite.ts';
import { countRequest } from '../../services/dynamodb/measure.ts';
import { startDynamoDb } from '../../services/dynamodb/start.ts';
import { createTableInput } from '../../services/dynamodb/tables.ts';
import { listen } from '../../services/loopback.ts';
import { access } from '../support/services.ts';

const TABLE = {
  logicalId: 'Documents',
  name: 'Test-Documents',
  properties: {
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' },
      { AttributeName: 'sk', KeyType: 'RANGE' },
    ],
    AttributeDefinitions: [
      { AttributeName: 'pk', AttributeType: 'S' },
      { AttributeName: 'sk', AttributeType: 'S' },
      { AttributeName: 'status', AttributeType: 'S' },
    ],
    GlobalSecondaryIndexes: [
      {
        IndexName: 'byStatus',
        KeySchema: [{ AttributeName: 'status', KeyType: 'HASH' }],
        Projection: { ProjectionType: 'ALL' },
        ContributorInsightsSpecification: { Enabled: true },
      },
    ],
    BillingMode: 'PAY_PER_REQUEST',
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    SSESpecification: { SSEEnabled: true },
    TimeToLiveSpecification: { AttributeName: 'expires', Enabled: true },
    DeletionProtectionEnabled: true,
    Tags: [{ Key: 'a', Value: 'b' }],
  },
};

const clientOf = (endpoint: string) => new DynamoDBClient({ endpoint, ...access });

const item = (sk: string, more: Record<string, { S: string } | { N: string }> = {}) => ({
  TableName: TABLE.name,
  Item: { pk: { S: 'a' }, sk: { S: sk }, status: { S: 'draft' }, ...more },
});

async function startChild(data: string): Promise<{ child: ChildProcess; url: string }> {
  const script = new URL('../support/tableProcess.ts', import.meta.url).pathname;
  const stdio: ['ignore', 'pipe', 'inherit'] = ['ignore', 'pipe', 'inherit'];
  const child = spawn(process.execPath, [script, data, JSON.stringify([TABLE])], { stdio });
  const [line] = await once(child.stdout, 'data');
  return { child, url: String(line).trim() };
}

test('the tables of the template are made with their indexes, and starting again finds them', async () => {
  const data = temporaryFolder();
  const first = await startDynamoDb(data, [TABLE], access);
  const client = clientOf(first.url);
  const { Table } = await client.send(new DescribeTableCommand({ TableName: TABLE.name }));
  expect(Table).toMatchObject({ TableStatus: 'ACTIVE', BillingModeSummary: { BillingMode: 'PAY_PER_REQUEST' } });
  await client.send(new PutItemCommand(item('1')));
  const query = new QueryCommand({
    TableName: TABLE.name,
    IndexName: 'byStatus',
    KeyConditionExpression: '#s = :s',
    ExpressionAttributeNames: { '#s': 'status' },
    ExpressionAttributeValues: { ':s': { S: 'draft' } },
  });
  expect((await client.send(query)).Count).toBe(1);
  await first.close();
  const second = await startDynamoDb(data, [TABLE], access);
  expect((await clientOf(second.url).send(query)).Count).toBe(1);
  await second.close();
});

test('each request counts in the metrics of its table: latency, errors of the system, failed conditions, errors of users', async () => {
  const counted: string[] = [];
  const metric = (namespace: string, name: string, dimensions: object, value: number) =>
    void counted.push(
      [namespace, name, ...Object.values(dimensions), name.endsWith('Latency') ? value > 0 : value].join(' '),
    );
  const db = await startDynamoDb(temporaryFolder(), [TABLE], access, undefined, (each) => countRequest(each, metric));
  const client = clientOf(db.url);
  await client.send(new PutItemCommand(item('1')));
  const again = { ...item('1'), ConditionExpression: 'attribute_not_exists(pk)' };
  await expect(client.send(new PutItemCommand(again))).rejects.toThrow('conditional');
  await expect(client.send(new DescribeTableCommand({ TableName: 'another' }))).rejects.toThrow('not found');
  await db.close();
  expect(counted.filter((line) => !/Test-Documents (?:Create|Describe)Table/.test(line))).toEqual([
    `AWS/DynamoDB SystemErrors ${TABLE.name} PutItem 0`,
    `AWS/DynamoDB SuccessfulRequestLatency ${TABLE.name} PutItem true`,
    `AWS/DynamoDB SystemErrors ${TABLE.name} PutItem 0`,
    `AWS/DynamoDB ConditionalCheckFailedRequests ${TABLE.name} 1`,
    'AWS/DynamoDB SystemErrors another DescribeTable 0',
    'AWS/DynamoDB UserErrors 1',
  ]);
});

test('every acknowledged write survives kill -9', async () => {
  const data = temporaryFolder();
  const { child, url } = await startChild(data);
  const client = clientOf(url);
  let acknowledged = 0;
  const writing = (async () => {
    for (;;) {
      await client.send(new PutItemCommand(item(String(acknowledged).padStart(6, '0'))));
      acknowledged += 1;
    }
  })().catch(() => 'the process is gone');
  while (acknowledged < 150) await new Promise((resolve) => setTimeout(resolve, 5));
  child.kill('SIGKILL');
  await once(child, 'exit');
  client.destroy();
  const sure = acknowledged;
  await writing;
  const again = await startDynamoDb(data, [TABLE], access);
  const found = await clientOf(again.url).send(new ScanCommand({ TableName: TABLE.name, Select: 'COUNT' }));
  expect(found.Count).toBeGreaterThanOrEqual(sure);
  await again.close();
});

test('a table that a killed process left in CREATING comes to life', async () => {
  const data = temporaryFolder();
  mkdirSync(join(data, 'dynamodb'));
  const half = loadDynalite()({ path: join(data, 'dynamodb'), createTableMs: 3_600_000 });
  const url = `http://127.0.0.1:${await listen(half)}`;
  // The SDK's types are stricter than a template's properties.
  await clientOf(url).send(new CreateTableCommand(createTableInput(TABLE) as never));
  await new Promise((resolve) => {
    half.close(resolve);
    half.closeAllConnections();
  });
  const db = await startDynamoDb(data, [TABLE], access);
  const client = clientOf(db.url);
  await client.send(new PutItemCommand(item('1')));
  const { Table } = await client.send(new DescribeTableCommand({ TableName: TABLE.name }));
  expect(Table?.BillingModeSummary?.BillingMode).toBe('PAY_PER_REQUEST');
  await db.close();
});

test('a second process on the same tables is rejected with a clear error', async () => {
  const data = temporaryFolder();
  const { child } = await startChild(data);
  await expect(startDynamoDb(data, [TABLE], access)).rejects.toThrow(/in use by another process/);
  child.kill('SIGKILL');
  await once(child, 'exit');
});

test('a store that is damaged is rejected with its location', async () => {
  const data = temporaryFolder();
  mkdirSync(join(data, 'dynamodb'));
  writeFileSync(join(data, 'dynamodb/tables.sqlite'), 'no database'.repeat(1000));
  await expect(startDynamoDb(data, [TABLE], access)).rejects.toThrow(
    `the tables in ${join(data, 'dynamodb')} cannot be opened: file is not a database`,
  );
});

test('expired items are deleted, others stay', async () => {
  const db = await startDynamoDb(temporaryFolder(), [TABLE], access);
  const client = clientOf(db.url);
  const now = Math.floor(Date.now() / 1000);
  await client.send(new PutItemCommand(item('old', { expires: { N: String(now - 10) } })));
  await client.send(new PutItemCommand(item('young', { expires: { N: String(now + 600) } })));
  await client.send(new PutItemCommand(item('eternal')));
  expect(await sweepExpired(dynamoDbCall(db.url, access), TABLE)).toBe(1);
  const get = (sk: string) =>
    client.send(new GetItemCommand({ TableName: TABLE.name, Key: { pk: { S: 'a' }, sk: { S: sk } } }));
  expect((await get('old')).Item).toBeUndefined();
  expect((await get('young')).Item).toBeDefined();
  expect((await get('eternal')).Item).toBeDefined();
  await db.close();
});

test('provisioned tables with numbers as strings are accepted', async () => {
  const properties = {
    ...TABLE.properties,
    ProvisionedThroughput: { ReadCapacityUnits: '5', WriteCapacityUnits: '5' },
  };
  const { BillingMode: _, GlobalSecondaryIndexes: __, ...rest } = properties;
  const only = rest.AttributeDefinitions.slice(0, 2);
  const table = { ...TABLE, properties: { ...rest, AttributeDefinitions: only } };
  const db = await startDynamoDb(temporaryFolder(), [table], access);
  await clientOf(db.url).send(new PutItemCommand(item('1')));
  await db.close();
});

test('an existing table whose template changed is served as it is, and named', async () => {
  const data = temporaryFolder();
  const first = await startDynamoDb(data, [TABLE], access);
  expect(first.emulationGaps).toEqual([]);
  await clientOf(first.url).send(new PutItemCommand(item('1')));
  await first.close();
  const { GlobalSecondaryIndexes: _, ...rest } = TABLE.properties;
  const properties = { ...rest, AttributeDefinitions: rest.AttributeDefinitions.slice(0, 2) };
  const second = await startDynamoDb(data, [{ ...TABLE, properties }], access);
  expect(second.emulationGaps).toEqual([
    expect.objectContaining({ resource: 'Documents', type: 'AWS::DynamoDB::Table' }),
  ]);
  await second.close();
});
