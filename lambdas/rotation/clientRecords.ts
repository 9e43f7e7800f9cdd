import { type AwsCall, type AwsEnvironment, awsCall, isConditionFailure } from '../shared/aws.ts';
import {
  ONLY_RETIRED,
  ONLY_STATES,
  readRetired,
  readState,
  retiredItem,
  stateItem,
  unchanged,
} from '../shared/clientItems.ts';
import { isRecord } from '../shared/json.ts';
import type { ClientRecords } from './ports.ts';

const LIMITS = { timeoutMs: 10_000, retries: 3 };

/** The table of registered clients, as a rotation uses it. */
export function clientRecords(environment: AwsEnvironment, TableName: string): ClientRecords {
  const call = awsCall(environment, 'dynamodb', LIMITS);
  return {
    async list() {
      const states = (await all(call, 'Scan', { TableName, ConsistentRead: true, ...ONLY_STATES })).map(readState);
      // A record that somebody has damaged names no key, and does not stop the others.
      return states.filter(({ keyVersion, keyId }) => Number.isSafeInteger(keyVersion) && keyId !== '');
    },
    async replace(before, after) {
      try {
        await call('PutItem', { TableName, Item: stateItem(after), ...unchanged(before) });
        return true;
      } catch (error) {
        if (isConditionFailure(error)) return false;
        throw error;
      }
    },
    async retire(key) {
      await call('PutItem', { TableName, Item: retiredItem(key) });
    },
    async retired() {
      return (await all(call, 'Query', { TableName, ConsistentRead: true, ...ONLY_RETIRED })).map(readRetired);
    },
    async forget(key) {
      await call('DeleteItem', { TableName, Key: retiredItem(key) });
    },
  };
}

type Members = Readonly<Record<string, unknown>>;

/** The items of all pages. */
async function all(call: AwsCall, operation: 'Scan' | 'Query', input: Members): Promise<readonly Members[]> {
  const items: Members[] = [];
  let start: unknown;
  do {
    const page = await call(operation, start === undefined ? input : { ...input, ExclusiveStartKey: start });
    items.push(...(Array.isArray(page['Items']) ? page['Items'].filter(isRecord) : []));
    start = page['LastEvaluatedKey'];
  } while (start !== undefined);
  return items;
}
