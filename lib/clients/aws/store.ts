import type { AttributeValue, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import {
  type ClientState,
  ONLY_RETIRED,
  ONLY_STATES,
  readRetired,
  readState,
  retiredItem,
  stateItem,
  stateKey,
  stringOf,
  unchanged,
} from '../../../lambdas/shared/clientItems.ts';
import { clientPartition, STATE } from '../../../lambdas/shared/tableKeys.ts';
import type { Sdk } from '../../aws/sdk.ts';
import { faults } from '../faults.ts';
import type { AuditLine } from '../model.ts';
import type { ClientStore } from '../ports.ts';

type Item = Record<string, AttributeValue>;

/** The table of clients through the SDK. */
export function awsStore({ dynamoDb }: Sdk<'dynamoDb'>, client: DynamoDBClient, TableName: string): ClientStore {
  const query = async (input: Parameters<typeof dynamoDb.paginateQuery>[1]): Promise<readonly Item[]> => {
    const items: Item[] = [];
    for await (const page of dynamoDb.paginateQuery({ client }, input)) items.push(...(page.Items ?? []));
    return items;
  };
  const orChanged = (name: string) => (error: unknown) => {
    throw (error as { name?: string }).name === 'ConditionalCheckFailedException' ? faults.changed(name) : error;
  };
  return {
    async read(name) {
      const input = { TableName, Key: stateKey(name), ConsistentRead: true };
      const { Item: item } = await client.send(new dynamoDb.GetItemCommand(input));
      return item && readState(item);
    },
    async write(state, before) {
      const input = { TableName, Item: stateItem(state), ...unchanged(before) };
      await client.send(new dynamoDb.PutItemCommand(input)).catch(orChanged(state.client));
    },
    async remove(before) {
      const input = { TableName, Key: stateKey(before.client), ...unchanged(before) };
      await client.send(new dynamoDb.DeleteItemCommand(input)).catch(orChanged(before.client));
    },
    async list() {
      const states: ClientState[] = [];
      const input = { TableName, ...ONLY_STATES };
      for await (const { Items } of dynamoDb.paginateScan({ client }, input)) {
        states.push(...(Items ?? []).map(readState));
      }
      return states.sort((a, b) => (a.client < b.client ? -1 : 1));
    },
    async history(name) {
      const items = await query({
        TableName,
        KeyConditionExpression: 'id = :id AND #at > :state',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':id': { S: clientPartition(name) }, ':state': { S: STATE } },
        ScanIndexForward: false,
      });
      return items.map((item) => readAudit(item, name));
    },
    async note(line) {
      await client.send(new dynamoDb.PutItemCommand({ TableName, Item: auditItem(line) }));
    },
    async retire(key) {
      await client.send(new dynamoDb.PutItemCommand({ TableName, Item: retiredItem(key) }));
    },
    async retired() {
      const items = await query({ TableName, ...ONLY_RETIRED });
      return items.map(readRetired);
    },
    async forget(key) {
      await client.send(new dynamoDb.DeleteItemCommand({ TableName, Key: retiredItem(key) }));
    },
  };
}

function auditItem({ client, at, who, action, outcome, tier }: AuditLine): Item {
  const strings = { who, action, outcome, ...(tier === undefined ? {} : { tier }) };
  const attributes = Object.entries(strings).map(([name, S]) => [name, { S }] as const);
  return { id: { S: clientPartition(client) }, at: { S: at }, ...Object.fromEntries(attributes) };
}

function readAudit(item: Item, client: string): AuditLine {
  const tier = stringOf(item, 'tier');
  return {
    client,
    at: stringOf(item, 'at'),
    who: stringOf(item, 'who'),
    action: stringOf(item, 'action') as AuditLine['action'],
    outcome: stringOf(item, 'outcome') as AuditLine['outcome'],
    ...(tier === '' ? {} : { tier }),
  };
}
