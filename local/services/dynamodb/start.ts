import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { EmulationGap, TableModel } from '../../assembly/model.ts';
import { privateDirectory } from '../files.ts';
import { LOOPBACK } from '../loopback.ts';
import type { Access } from '../signature.ts';
import { type DynamoDbCall, dynamoDbCall } from './call.ts';
import { startSweeping } from './expiry.ts';
import type { ServedRequest } from './measure.ts';
import { type EnsuredTable, ensureTable } from './tables.ts';
import { startTableThread } from './thread.ts';

/** A running embedded DynamoDB. */
export interface DynamoDb {
  /** Endpoint for `AWS_ENDPOINT_URL_DYNAMODB`. */
  readonly url: string;
  /** Tables of earlier runs that differ from the template. */
  readonly emulationGaps: readonly EmulationGap[];
  /**
   * Makes the tables that are missing for a later load of the stack. None is changed or removed: they hold data.
   *
   * @throws {Error} when a table cannot be made; then none is made
   */
  prepare(tables: readonly TableModel[]): Promise<TablesChange>;
  close(): Promise<void>;
}

/** Tables that were made for a later load of the stack. */
export interface TablesChange {
  readonly emulationGaps: readonly EmulationGap[];
  commit(): void;
  /** Removes the tables that were made. */
  undo(): Promise<void>;
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
 * @param onRequest receives each request after its response
 * @throws {Error} when the store is in use by another process, or a table cannot be made
 */
export async function startDynamoDb(
  dataDirectory: string,
  tables: readonly TableModel[],
  access: Access,
  print: (line: string) => void = () => undefined,
  onRequest?: (request: ServedRequest) => void,
): Promise<DynamoDb> {
  const path = privateDirectory(join(dataDirectory, 'dynamodb'));
  const { port, close: closeThread } = await startTableThread({ path, access, print, ...(onRequest && { onRequest }) });
  const url = `http://${LOOPBACK}:${port}`;
  const call = dynamoDbCall(url, access);
  let ensured: readonly EnsuredTable[] = [];
  try {
    ensured = await ensureTables(call, tables);
  } catch (error) {
    await closeThread();
    throw error;
  }
  const stopSweeping = startSweeping(call, () => ensured.map(({ table }) => table));
  return {
    url,
    emulationGaps: gapsOf(ensured),
    async prepare(wanted) {
      const known = (table: TableModel) => ensured.find((one) => isDeepStrictEqual(one.table, table));
      const made = await ensureTables(
        call,
        wanted.filter((table) => known(table) === undefined),
      );
      const next = wanted.flatMap((table) => known(table) ?? made.find((one) => one.table === table) ?? []);
      return {
        emulationGaps: gapsOf(next),
        commit: () => {
          ensured = next;
        },
        undo: () => removeNew(call, made),
      };
    },
    close: async () => {
      stopSweeping();
      await closeThread();
    },
  };
}

/** All of the tables, or else none that is new. */
async function ensureTables(call: DynamoDbCall, tables: readonly TableModel[]): Promise<readonly EnsuredTable[]> {
  const ensured: EnsuredTable[] = [];
  try {
    for (const table of tables) ensured.push(await ensureTable(call, table));
    return ensured;
  } catch (error) {
    await removeNew(call, ensured);
    throw error;
  }
}

/** They hold nothing yet. */
async function removeNew(call: DynamoDbCall, tables: readonly EnsuredTable[]): Promise<void> {
  for (const { table, isNew } of tables) {
    if (isNew) await call('DeleteTable', { TableName: table.name });
  }
}

function gapsOf(tables: readonly EnsuredTable[]): readonly EmulationGap[] {
  return tables.flatMap(({ gap }) => gap ?? []);
}
