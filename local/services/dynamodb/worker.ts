/**
 * Entry of the worker thread that serves the tables. dynalite throws outside of its handlers for requests that it does not
 * expect, such as an attribute that is null: in the gateway's own thread, one request would end the process.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Server, ServerResponse } from 'node:http';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { listen } from '../loopback.ts';
import { requireSignature, sendError } from '../requireSignature.ts';
import type { Access } from '../signature.ts';
import { loadDynalite } from './loadDynalite.ts';
import { measureRequests, type ServedRequest } from './measure.ts';

/** What the thread needs. */
export interface TableServerSetup {
  /** Directory of the store. */
  readonly path: string;
  /** Whose signatures count. */
  readonly access: Access;
  /** 0 picks a free one. */
  readonly port: number;
}

/** What the thread reports: that it listens, served a request, that something failed outside of one, or that the store is closed. */
export type TableServerEvent =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'served'; readonly request: ServedRequest }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'closed'; readonly error?: string };

/** DynamoDB's limit on a request: 16 MB. */
const BODY_LIMIT = 16 * 1024 * 1024;
const MEDIA_TYPE = 'application/x-amz-json-1.0';

if (parentPort !== null) await serve(parentPort, workerData as TableServerSetup);

async function serve(parent: MessagePort, { path, access, port }: TableServerSetup): Promise<void> {
  const server = loadDynalite()({ path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  const report = (event: TableServerEvent) => parent.postMessage(event);
  failAlone(server, (error) => report({ kind: 'failed', error }));
  measureRequests(server, (request) => report({ kind: 'served', request }));
  requireSignature(server, { scope: { ...access, service: 'dynamodb' }, mediaType: MEDIA_TYPE, bodyLimit: BODY_LIMIT });
  parent.once('message', () => {
    // dynalite replaces `close`: it ends the store after the last connection.
    server.close((error) => report({ kind: 'closed', ...(error && { error: error.message }) }));
    server.closeAllConnections();
  });
  report({ kind: 'listening', port: await listen(server, port) });
}

/** A request whose processing throws, at once or later, gets an error; the others go on. What else throws is reported, in one line. */
function failAlone(server: Server, report: (error: string) => void): void {
  const current = new AsyncLocalStorage<ServerResponse>();
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    current.run(response, () => {
      for (const listener of listeners) listener.call(server, request, response);
    });
  });
  // A rejection that nobody handles arrives here, too.
  process.on('uncaughtException', (error: unknown) => {
    const response = current.getStore();
    if (response === undefined) report(String(error));
    else
      sendError(response, { status: 400, code: 'ValidationException', message: NOT_PROCESSED, mediaType: MEDIA_TYPE });
  });
}

const NOT_PROCESSED =
  'The local DynamoDB could not process the request: compare it with the reference of the operation.';
