import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { ConfigError } from '../definition/errors.ts';

type Sdk = typeof import('@aws-sdk/client-dynamodb');

/** The DynamoDB SDK with a client. */
export interface DynamoDb {
  readonly sdk: Sdk;
  readonly client: DynamoDBClient;
}

/**
 * Opens a DynamoDB client with the credentials and the region that the AWS CLI uses, or for a local gateway. The SDK is
 * an optional peer dependency: it supports profiles and single sign-on, and most teams have it.
 *
 * @param endpoint Endpoint of a local gateway.
 * @throws {ConfigError} `sdk-not-installed`.
 */
export async function dynamoDb({ region, endpoint }: { region?: string; endpoint?: string }): Promise<DynamoDb> {
  const sdk = await loadSdk();
  const local = { endpoint, region: 'local', credentials: { accessKeyId: 'local', secretAccessKey: 'local' } };
  return { sdk, client: new sdk.DynamoDBClient(endpoint === undefined ? { region } : local) };
}

async function loadSdk(): Promise<Sdk> {
  try {
    return await import('@aws-sdk/client-dynamodb');
  } catch (error) {
    if ((error as { code?: string }).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    throw new ConfigError({
      code: 'sdk-not-installed',
      location: '@aws-sdk/client-dynamodb',
      found: 'no such package',
      expected: 'the AWS SDK of DynamoDB',
      fix: 'Install it: npm install --save-dev @aws-sdk/client-dynamodb.',
    });
  }
}
