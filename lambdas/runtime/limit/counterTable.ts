import { AwsClient } from 'aws4fetch';
import type { HandlerEnvironment, Readable } from '../../shared/wireContract.ts';

/** An attribute as DynamoDB writes it. */
export type Attributes = Readonly<Record<string, { readonly N?: string; readonly S?: string }>>;

/** The two operations that counting takes. */
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

/** Longer than this and the table is slow: the caller should not wait for a count. */
const TIMEOUT_MS = 500;

/** The table of counters (`SECURE_API_LIMITS_TABLE`), by signed calls of 3 KB instead of an SDK in the bundle. */
export function counterTable(environment: Readable<HandlerEnvironment>, timeoutMs = TIMEOUT_MS): CounterTable {
  const TableName = environment.SECURE_API_LIMITS_TABLE ?? '';
  const call = caller(environment, timeoutMs);
  return {
    async get(id) {
      const { Item } = await call('GetItem', { TableName, Key: { id: { S: id } }, ConsistentRead: true });
      return Item;
    },
    async update(id, update) {
      const input = { TableName, Key: { id: { S: id } }, ReturnValues: 'ALL_NEW', ...update };
      const output = await call('UpdateItem', input);
      return output.rejected ? undefined : output.Attributes;
    },
  };
}

interface Output {
  readonly Item?: Attributes;
  readonly Attributes?: Attributes;
  readonly rejected?: boolean;
}

/** No second attempt: a write whose response was lost may have counted, and counting a request twice is worse than not counting it. */
function caller(environment: Readable<HandlerEnvironment>, timeoutMs: number) {
  const region = environment.AWS_REGION ?? '';
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = environment.AWS_ENDPOINT_URL_DYNAMODB ?? `https://dynamodb.${region}.${domain}`;
  const client = new AwsClient({
    accessKeyId: environment.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: environment.AWS_SECRET_ACCESS_KEY ?? '',
    sessionToken: environment.AWS_SESSION_TOKEN,
    service: 'dynamodb',
    region,
    retries: 0,
  });
  return async (operation: string, input: object): Promise<Output> => {
    const response = await client.fetch(endpoint, {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.0', 'x-amz-target': `DynamoDB_20120810.${operation}` },
      body: JSON.stringify(input),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const output = (await response.json()) as Output & { readonly __type?: string };
    if (response.ok) return output;
    if (output.__type?.endsWith('#ConditionalCheckFailedException') === true) return { rejected: true };
    throw new Error(`DynamoDB returned ${response.status} ${String(output.__type).replace(/^.*#/, '').slice(0, 64)}`);
  };
}
