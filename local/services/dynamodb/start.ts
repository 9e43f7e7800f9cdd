import { once } from 'node:events';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EmulationGap, TableModel } from '../../assembly/model.ts';
import { privateDirectory } from '../files.ts';
import { LOOPBACK } from '../loopback.ts';
import type { Access } from '../signature.ts';
import { dynamoDbCall } from './call.ts';
import { startSweeping } from './expiry.ts';
import { prepareStore } from './store.ts';
import { ensureTable } from './tables.ts';
import type { TableServerEvent, TableServerSetup } from './worker.ts';

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
  const path = privateDirectory(join(dataDirectory, 'dynamodb'));
  await prepareStore(path);
  const { port, close: closeServer } = await startTableServer({ path, access });
  const url = `http://${LOOPBACK}:${port}`;
  const call = dynamoDbCall(url, access);
  const emulationGaps: (EmulationGap | undefined)[] = [];
  let stopSweeping = () => {};
  const close = async () => {
    stopSweeping();
    await closeServer();
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

/** Starts the thread of dynalite. Its store is closed when `close` resolves. */
async function startTableServer(setup: TableServerSetup) {
  const script = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
  const worker = new Worker(script, { argv: [], execArgv: [], workerData: setup, name: 'dynamodb' });
  const [started] = (await once(worker, 'message')) as [TableServerEvent];
  if (started.kind !== 'listening') throw new Error('the tables cannot be served');
  // A thread that ended later, for example without memory, leaves an unreachable service behind.
  worker.on('error', () => undefined);
  const close = async () => {
    const ended = Promise.race([once(worker, 'message'), once(worker, 'exit')]);
    worker.postMessage('close');
    const [event] = (await ended) as [TableServerEvent | number];
    await worker.terminate();
    if (typeof event === 'object' && event.kind === 'closed' && event.error !== undefined) throw new Error(event.error);
  };
  return { port: started.port, close };
}
