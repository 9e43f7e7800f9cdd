import { awsCall, isConditionFailure } from '../../shared/aws.ts';
import type { HandlerEnvironment, Readable } from '../../shared/wireContract.ts';

/** An attribute in the format of DynamoDB. */
export type Attributes = Readonly<Record<string, { readonly N?: string; readonly S?: string }>>;

/** The two operations that counting needs. */
export interface CounterTable {
  /** Strongly consistent. */
  get(id: string): Promise<Attributes | undefined>;
  /** Returns the attributes after the update; undefined when its condition does not hold. */
  update(id: string, update: ConditionalUpdate): Promise<Attributes | undefined>;
}

/** An UpdateItem with its condition. */
export interface ConditionalUpdate {
  readonly UpdateExpression: string;
  readonly ConditionExpression: string;
  readonly ExpressionAttributeNames: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues: Attributes;
}

/** A table that takes longer is slow: the caller should not wait for a count. */
const TIMEOUT_MS = 500;

/**
 * The table of counters (`SECURE_API_LIMITS_TABLE`). A read is repeated after a failure, a write only if the
 * table certainly did not process it: a write whose response was lost may have counted, and counting a request twice is worse
 * than not counting it. An unreadable response is an error, not a count.
 */
export function counterTable(environment: Readable<HandlerEnvironment>, timeoutMs = TIMEOUT_MS): CounterTable {
  const TableName = environment.SECURE_API_LIMITS_TABLE ?? '';
  const call = awsCall(environment, 'dynamodb', { timeoutMs, retries: 1 });
  return {
    async get(id) {
      const { Item } = await call('GetItem', { TableName, Key: { id: { S: id } }, ConsistentRead: true });
      return Item as Attributes | undefined;
    },
    async update(id, update) {
      const input = { TableName, Key: { id: { S: id } }, ReturnValues: 'ALL_NEW', ...update };
      try {
        return (await call('UpdateItem', input))['Attributes'] as Attributes | undefined;
      } catch (error) {
        if (isConditionFailure(error)) return undefined;
        throw error;
      }
    },
  };
}
