/**
 * Entry of the worker thread that serves the tables. dynalite throws outside of its handlers for requests that it does not
 * expect, such as an attribute that is null: in the gateway's own thread, one request would end the process.
 */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Server, ServerResponse } from 'node:http';
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import dynalite from 'dynalite';
import { listen } from '../loopback.ts';
import { requireSignature, sendError } from '../requireSignature.ts';
import type { Access } from '../signature.ts';

/** What the thread needs. */
export interface TableServerSetup {
  /** Directory of the store. */
  readonly path: string;
  /** Whose signatures count. */
  readonly access: Access;
}

/** What the thread reports: that it listens, or that the store is closed. */
export type TableServerEvent =
  | { readonly kind: 'listening'; readonly port: number }
  | { readonly kind: 'closed'; readonly error?: string };

/** DynamoDB's limit on a request: 16 MB. */
const BODY_LIMIT = 16 * 1024 * 1024;
const MEDIA_TYPE = 'application/x-amz-json-1.0';

if (parentPort !== null) await serve(parentPort, workerData as TableServerSetup);

async function serve(port: MessagePort, { path, access }: TableServerSetup): Promise<void> {
  const server = dynalite({ path, createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
  failAlone(server);
  requireSignature(server, { scope: { ...access, service: 'dynamodb' }, mediaType: MEDIA_TYPE, bodyLimit: BODY_LIMIT });
  const report = (event: TableServerEvent) => port.postMessage(event);
  port.once('message', () => {
    // dynalite replaces `close`: it ends the store after the last connection.
    server.close((error) => report({ kind: 'closed', ...(error && { error: error.message }) }));
    server.closeAllConnections();
  });
  report({ kind: 'listening', port: await listen(server) });
}

/** A request whose processing throws, at once or later, gets an error; the others go on. */
function failAlone(server: Server): void {
  const current = new AsyncLocalStorage<ServerResponse>();
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request, response) => {
    current.run(response, () => {
      for (const listener of listeners) listener.call(server, request, response);
    });
  });
  // A rejection that nobody handles arrives here, too.
  process.on('uncaughtException', () => {
    const response = current.getStore();
    if (response !== undefined)
      sendError(response, { status: 400, code: 'ValidationException', message: NOT_PROCESSED, mediaType: MEDIA_TYPE });
  });
}

const NOT_PROCESSED =
  'The local DynamoDB could not process the request: compare it with the reference of the operation.';
