import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { ConfigError } from '../definition/errors.ts';
import type { Ready } from './localPackage.ts';

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
 * @param gateway A running local gateway: its endpoint, region and credentials.
 * @throws {ConfigError} `sdk-not-installed`.
 */
export async function dynamoDb({ region, gateway }: { region?: string; gateway?: Ready }): Promise<DynamoDb> {
  const sdk = await loadSdk();
  return { sdk, client: new sdk.DynamoDBClient(gateway === undefined ? { region } : settingsOf(gateway)) };
}

function settingsOf({ dynamodb, environment }: Ready): DynamoDBClientConfig {
  const { AWS_REGION = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = environment;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return { endpoint: dynamodb, region: AWS_REGION, credentials };
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
