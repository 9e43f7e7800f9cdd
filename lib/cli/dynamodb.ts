import type { DynamoDBClient, DynamoDBClientConfig } from '@aws-sdk/client-dynamodb';
import { loadSdk, type Sdk } from '../aws/sdk.ts';
import type { Ready } from './localPackage.ts';

/** The DynamoDB SDK with a client. */
export interface DynamoDb {
  readonly sdk: Sdk['dynamoDb'];
  readonly client: DynamoDBClient;
}

/**
 * Opens a DynamoDB client with the credentials and the region that the AWS CLI uses, or for a local gateway.
 *
 * @param gateway A running local gateway: its endpoint, region and credentials.
 * @throws {ConfigError} `sdk-not-installed`.
 */
export async function dynamoDb({ region, gateway }: { region?: string; gateway?: Ready }): Promise<DynamoDb> {
  const { dynamoDb: sdk } = await loadSdk('dynamoDb');
  return { sdk, client: new sdk.DynamoDBClient(gateway === undefined ? { region } : settingsOf(gateway)) };
}

function settingsOf({ dynamodb, environment }: Ready): DynamoDBClientConfig {
  const { AWS_REGION = '', AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = environment;
  const credentials = { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY };
  return { endpoint: dynamodb, region: AWS_REGION, credentials };
}
