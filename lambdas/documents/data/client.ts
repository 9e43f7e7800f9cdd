import { ConditionalCheckFailedException, DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { traceAwsClient } from '../../runtime/index.ts';

/** A table and its client. */
export interface Table {
  readonly client: DynamoDBDocumentClient;
  readonly name: string;
}

/**
 * Opens the table that `TABLE_NAME` names. Region, credentials and endpoint come from the environment, as the SDK reads it.
 *
 * @throws {Error} without `TABLE_NAME`.
 */
export function openTable(environment: Readonly<Record<string, string | undefined>>): Table {
  const name = environment['TABLE_NAME'];
  if (name === undefined || name === '') throw new Error('TABLE_NAME is not set');
  return { client: DynamoDBDocumentClient.from(traceAwsClient(new DynamoDBClient({}))), name };
}

/** Runs a conditional write; false if its condition is not met. */
export async function conditionalWrite(write: Promise<unknown>): Promise<boolean> {
  try {
    await write;
    return true;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return false;
    throw error;
  }
}
