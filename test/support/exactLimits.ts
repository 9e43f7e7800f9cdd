import { afterAll, beforeAll } from 'vitest';
import type { ExactRule } from '../../lib/definition/bundledTypes.ts';
import { type DynamoDb, startDynamoDb } from '../../local/services/dynamodb/start.ts';
import { access } from '../../local/test/support/services.ts';
import { temporaryFolder } from './folders.ts';

/** The table of counters of the tests of exact limits. */
const counters = {
  logicalId: 'Counters',
  name: 'counters',
  properties: {
    TableName: 'counters',
    AttributeDefinitions: [{ AttributeName: 'id', AttributeType: 'S' }],
    KeySchema: [{ AttributeName: 'id', KeyType: 'HASH' }],
    BillingMode: 'PAY_PER_REQUEST',
  },
};
/** 100 requests in ten minutes, unless a test says otherwise. */
export const rule = (rest: Partial<ExactRule> = {}): ExactRule => ({
  name: 'free',
  requests: 100,
  perSeconds: 600,
  by: 'client',
  onUnavailable: 'reject',
  lease: 1,
  delayMs: 0,
  ...rest,
});
/** A function's environment with a table at a URL. */
export const environmentOf = (url: string) => ({
  SECURE_API_LIMITS_TABLE: 'counters',
  AWS_ENDPOINT_URL_DYNAMODB: url,
  AWS_REGION: 'eu-west-1',
  AWS_ACCESS_KEY_ID: 'test',
  AWS_SECRET_ACCESS_KEY: 'test',
});

/** Starts the table of counters for the tests of a file; its URL, and the environment of a function with it. */
export function startCounters() {
  let dynamoDb: DynamoDb | undefined;
  beforeAll(async () => {
    dynamoDb = await startDynamoDb(temporaryFolder(), [counters], access);
  });
  afterAll(() => dynamoDb?.close());
  const url = () => dynamoDb?.url ?? '';
  return { url, environment: () => environmentOf(url()) };
}
