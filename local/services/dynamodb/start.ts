import { join } from 'node:path';
import dynalite from 'dynalite';
import type { EmulationGap, TableModel } from '../../assembly/model.ts';
import { privateDirectory } from '../files.ts';
import { LOOPBACK, listen } from '../loopback.ts';
import { requireSignature } from '../requireSignature.ts';
import type { Access } from '../signature.ts';
import { dynamoDbCall } from './call.ts';
import { startSweeping } from './expiry.ts';
import { prepareStore } from './store.ts';
import { ensureTable } from './tables.ts';

/** DynamoDB's limit on a request: 16 MB. */
const BODY_LIMIT = 16 * 1024 * 1024;

/** A running embedded DynamoDB. */
export interface DynamoDb {
  /** Endpoint for `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  /** Tables of earlier runs that differ from the template. */
  readonly emulationGaps: readonly EmulationGap[];
  close(): Promise<void>;
}

/**
 * Starts dynalite on loopback with its store under `<data>/dynamodb`, and makes the tables of the stack.
 *
 * An acknowledged write survives `kill -9`: LevelDB hands each write to the operating system before it responds. It
 * does not fsync each write, so a power cut may lose the last moments.
 *
 * @param dataDirectory where state lives
 * @param tables their names and properties as in the template
 * @param access whose signatures count
 * @throws {Error} when the store is in use by another process, or a table cannot be made
 */
export async function startDynamoDb(
  dataDirectory: string,
  tables: readonly TableModel[],
  access: Access,
): Promise<DynamoDb> {
  const scope = { ...access, service: 'dynamodb' };
  const path = privateDirectory(join(dataDirectory, 'dynamodb'));
  await prepareStore(path);
  const server = dynalite({ path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  requireSignature(server, { scope, mediaType: 'application/x-amz-json-1.0', bodyLimit: BODY_LIMIT });
  const port = await listen(server);
  const url = `http://${LOOPBACK}:${port}`;
  const call = dynamoDbCall(url, access);
  const emulationGaps: (EmulationGap | undefined)[] = [];
  let stopSweeping = () => {};
  // dynalite replaces `close`: it ends the store after the last connection.
  const close = () =>
    new Promise<void>((resolve, reject) => {
      stopSweeping();
      server.close((error) => (error ? reject(error) : resolve()));
      server.closeAllConnections();
    });
  try {
    for (const table of tables) emulationGaps.push(await ensureTable(call, table));
  } catch (error) {
    await close();
    throw error;
  }
  stopSweeping = startSweeping(call, tables);
  return { url, emulationGaps: emulationGaps.filter((gap) => gap !== undefined), close };
}
