/** Responses to messages that reach no API, on connections that end with them. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { MessageFault } from './httpMessage.ts';
import { discardBody } from './incomingRequest.ts';

/** The responses of each connection that are not sent yet, in the order of their requests. */
const unsent = new WeakMap<Socket, Set<ServerResponse>>();
/** Connections with a rejected message: what follows on them is not read as a request. */
const ending = new WeakSet<Socket>();

/** Whether a message of the connection was rejected. */
export function isEnding(socket: Socket): boolean {
  return ending.has(socket);
}

/** Remembers a response until it is sent. */
export function keepUntilSent(socket: Socket, response: ServerResponse): void {
  const responses = unsent.get(socket) ?? new Set();
  unsent.set(socket, responses.add(response));
  response.once('close', () => responses.delete(response));
}

/**
 * Rejects a message before it reaches an API, with a problem of the type `about:blank` (RFC 9457, section 4.2.1). The next
 * message of the connection could begin anywhere, so it closes.
 */
export function reject(request: IncomingMessage, response: ServerResponse, fault: MessageFault): void {
  if (ending.has(request.socket)) return;
  ending.add(request.socket);
  keepUntilSent(request.socket, response);
  const body = problemOf(fault);
  response.writeHead(fault.status, fault.title, { ...headersOf(body), connection: 'close' });
  if (request.method !== 'HEAD') response.write(body);
  void discardBody(request).then(() => response.end());
}

/**
 * The same for a connection whose bytes Node cannot read as a request. The responses to the requests before them go first, or a
 * client would take this one for theirs.
 */
export async function endWith(socket: Socket, fault: MessageFault): Promise<void> {
  const responses = [...(unsent.get(socket) ?? [])];
  const earlier = responses.filter(({ req }) => req.complete);
  await Promise.all(earlier.map((response) => new Promise((done) => response.once('close', done))));
  // The body of a request that has its response already, or a connection that ends with one.
  if (ending.has(socket) || responses.some(({ headersSent, req }) => headersSent && !req.complete))
    return socket.destroySoon();
  if (!socket.writable) return;
  ending.add(socket);
  const body = problemOf(fault);
  const headers = Object.entries({ ...headersOf(body), connection: 'close' });
  const head = [`HTTP/1.1 ${fault.status} ${fault.title}`, ...headers.map(([name, value]) => `${name}: ${value}`)];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
}

function problemOf({ status, title, detail }: MessageFault): string {
  return JSON.stringify({ type: 'about:blank', title, status, detail });
}

function headersOf(body: string): Readonly<Record<string, string | number>> {
  return { 'content-type': 'application/problem+json', 'content-length': Buffer.byteLength(body) };
}
