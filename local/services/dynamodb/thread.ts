import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import type { Access } from '../signature.ts';
import type { ServedRequest } from './measure.ts';
import { prepareStore } from './store.ts';
import type { TableServerEvent } from './worker.ts';

/** A thread that serves the tables. */
interface Thread {
  readonly worker: Worker;
  readonly port: number;
}

/** What a thread needs from this one. */
export interface ThreadOptions {
  /** Directory of the store. */
  readonly path: string;
  readonly access: Access;
  /** Receives a line when the thread fails. */
  readonly print: (line: string) => void;
  /** Receives each request after its response. */
  readonly onRequest?: (request: ServedRequest) => void;
}

/** A thread that ends more often has a fault that starting it again does not repair. */
const MAX_RESTARTS = 5;

/**
 * Starts the thread of dynalite, and starts it again on the same port when it ends, for example without memory: its tables are on
 * disk. Each failure is printed. The store is closed when `close` resolves.
 *
 * @throws {Error} when the store is in use by another process
 */
export async function startTableThread({ path, access, print, onRequest }: ThreadOptions) {
  let restarts = 0;
  let isClosing = false;
  let restarting = Promise.resolve();
  let running: Thread | undefined = await startThread(path, access, 0);
  const { port } = running;
  const watch = ({ worker }: Thread) => {
    let fault = 'no error';
    worker.on('error', (error) => {
      fault = inOneLine(error);
    });
    worker.on('message', (event: TableServerEvent) => {
      if (event.kind === 'served') onRequest?.(event.request);
      if (event.kind === 'failed') print(`the tables failed outside of a request: ${inOneLine(event.error)}`);
    });
    worker.once('exit', () => {
      running = undefined;
      if (!isClosing) restarting = restart(fault);
    });
  };
  const restart = async (fault: string) => {
    if (restarts >= MAX_RESTARTS) return print(`the tables ended again (${fault}): restart the gateway`);
    restarts += 1;
    print(`the tables ended (${fault}) and are started again`);
    try {
      running = await startThread(path, access, port);
      watch(running);
    } catch (error) {
      print(`the tables cannot be started again (${inOneLine(error)}): restart the gateway`);
    }
  };
  watch(running);
  const close = async () => {
    isClosing = true;
    await restarting;
    if (running !== undefined) await stopThread(running.worker);
  };
  return { port, close };
}

async function startThread(path: string, access: Access, port: number): Promise<Thread> {
  await prepareStore(path);
  const script = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
  const worker = new Worker(script, { argv: [], execArgv: [], workerData: { path, access, port }, name: 'dynamodb' });
  const [event] = (await Promise.race([once(worker, 'message'), once(worker, 'exit')])) as [TableServerEvent | number];
  if (typeof event === 'object' && event.kind === 'listening') return { worker, port: event.port };
  await worker.terminate();
  const reason = typeof event === 'object' && 'error' in event ? event.error : undefined;
  throw new Error(reason ?? 'the thread of the tables ended');
}

async function stopThread(worker: Worker): Promise<void> {
  const ended = new Promise<string | undefined>((done) => {
    worker.on('message', (event: TableServerEvent) => {
      if (event.kind === 'closed') done(event.error);
    });
    worker.once('exit', () => done(undefined));
  });
  worker.postMessage('close');
  const error = await ended;
  await worker.terminate();
  if (error !== undefined) throw new Error(error);
}

function inOneLine(error: unknown): string {
  return String(error).replaceAll(/\s+/g, ' ');
}
