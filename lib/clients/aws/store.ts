import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { clientPartition, STATE } from '../../../lambdas/shared/tableKeys.ts';
import type { Sdk } from '../../aws/sdk.ts';
import { faults } from '../faults.ts';
import type { ClientState } from '../model.ts';
import type { ClientStore } from '../ports.ts';
import {
  auditItem,
  type Item,
  RETIRED,
  readAudit,
  readRetired,
  readState,
  retiredKey,
  stateItem,
  stateKey,
} from './items.ts';

/** The table of clients through the SDK. */
export function awsStore({ dynamoDb }: Sdk<'dynamoDb'>, client: DynamoDBClient, TableName: string): ClientStore {
  const query = async (input: Parameters<typeof dynamoDb.paginateQuery>[1]): Promise<readonly Item[]> => {
    const items: Item[] = [];
    for await (const page of dynamoDb.paginateQuery({ client }, input)) items.push(...(page.Items ?? []));
    return items;
  };
  /** The condition that an item is still in the state `before`. */
  const unchanged = (before: ClientState | undefined) =>
    before === undefined
      ? { ConditionExpression: 'attribute_not_exists(id)' }
      : {
          ConditionExpression: 'keyId = :keyId AND updated = :updated',
          ExpressionAttributeValues: { ':keyId': { S: before.keyId }, ':updated': { S: before.updated } },
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
      const input = {
        TableName,
        FilterExpression: '#at = :state',
        ExpressionAttributeNames: { '#at': 'at' },
        ExpressionAttributeValues: { ':state': { S: STATE } },
      };
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
      await client.send(new dynamoDb.PutItemCommand({ TableName, Item: retiredKey(key) }));
    },
    async retired() {
      const items = await query({
        TableName,
        KeyConditionExpression: 'id = :id',
        ExpressionAttributeValues: { ':id': { S: RETIRED } },
      });
      return items.map(readRetired);
    },
    async forget(key) {
      await client.send(new dynamoDb.DeleteItemCommand({ TableName, Key: retiredKey(key) }));
    },
  };
}
