import { join } from 'node:path';
import type { EmulationGap, TableModel } from '../../assembly/model.ts';
import { privateDirectory } from '../files.ts';
import { LOOPBACK } from '../loopback.ts';
import type { Access } from '../signature.ts';
import { dynamoDbCall } from './call.ts';
import { startSweeping } from './expiry.ts';
import { ensureTable } from './tables.ts';
import { startTableThread } from './thread.ts';

/** A running embedded DynamoDB. */
export interface DynamoDb {
  /** Endpoint for `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  /** Tables of earlier runs that differ from the template. */
  readonly emulationGaps: readonly EmulationGap[];
  close(): Promise<void>;
}

/**
 * Starts dynalite on loopback, in a thread, with its store under `<data>/dynamodb`, and makes the tables of the stack.
 *
 * An acknowledged write survives `kill -9`: the store hands each write to the operating system before it responds
 * (sqliteLevel.ts).
 *
 * @param dataDirectory where state lives
 * @param tables their names and properties as in the template
 * @param access whose signatures count
 * @param print receives a line when the thread fails
 * @throws {Error} when the store is in use by another process, or a table cannot be made
 */
export async function startDynamoDb(
  dataDirectory: string,
  tables: readonly TableModel[],
  access: Access,
  print: (line: string) => void = () => undefined,
): Promise<DynamoDb> {
  const path = privateDirectory(join(dataDirectory, 'dynamodb'));
  const { port, close: closeThread } = await startTableThread({ path, access, print });
  const url = `http://${LOOPBACK}:${port}`;
  const call = dynamoDbCall(url, access);
  const emulationGaps: (EmulationGap | undefined)[] = [];
  let stopSweeping = () => {};
  const close = async () => {
    stopSweeping();
    await closeThread();
  };
  try {
    for (const table of tables) emulationGaps.push(await ensureTable(call, table));
  } catch (error) {
    await close();
    throw error;
  }
  stopSweeping = startSweeping(call, tables);
  return { url, emulationGaps: emulationGaps.filter((gap) => gap !== undefined), close };
}
