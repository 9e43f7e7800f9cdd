/** The HTTPS listener of one API. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { RestApiModel } from '../assembly/model.ts';
import type { Gateway } from './gateway.ts';
import { type MessageFault, messageFault } from './httpMessage.ts';
import { declaresTooLarge, discardBody, type IncomingRequest, incomingRequest, readBody } from './incomingRequest.ts';
import { type HttpResponse, type Rejection, rejection } from './step.ts';

/** Certificate and key in PEM, and the port. */
export interface ServerOptions {
  readonly tls: { readonly cert: string; readonly key: string };
  /** 0 picks a free port. */
  readonly port: number;
  /** Receives one line for each request that fails in the gateway. */
  readonly print: (line: string) => void;
}

/** A gateway for one request, which stays usable until `end` is called. */
export interface GatewayUse {
  readonly gateway: Gateway;
  readonly end: () => void;
}

/** A listening API. */
export interface ApiServer {
  readonly port: number;
  /** For new connections. One that speaks an older version ends with its next response. */
  setMinTlsVersion(version: RestApiModel['minTlsVersion']): void;
  /**
   * Accepts no more connections, and resolves when open requests have their responses, after `graceMs` at the latest. Another
   * call changes the time that is left.
   */
  close(graceMs?: number): Promise<void>;
}

/** The gateway listens on no other address, so that nothing outside the machine reaches it. */
const LOOPBACK = '127.0.0.1';

/** API Gateway's limit on the bytes of all headers together (its quotas). */
const MAX_HEADER_BYTES = 10_240;
/** Time for a client to send its headers, and its whole request. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
/** Interval of the check for both; Node's 30 seconds would let a client wait four times as long for its 408. */
const CHECK_MS = 1_000;
/** API Gateway keeps idle connections open for a few minutes, and clients reuse them. */
const IDLE_MS = 65_000;
/** Time for open requests to finish when the gateway closes. */
const GRACE_MS = 5_000;

const TOO_LARGE: Rejection = rejection('REQUEST_TOO_LARGE', 'Request Too Long');

const UNREADABLE: MessageFault = { status: 400, title: 'Bad Request' };
/** By the error code of Node. */
const FAULTS: Readonly<Record<string, MessageFault>> = {
  HPE_HEADER_OVERFLOW: { status: 431, title: 'Request Header Fields Too Large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, title: 'Request Timeout' },
};
const FAILED: MessageFault = { status: 500, title: 'Internal Server Error' };
const NO_TUNNEL: MessageFault = { status: 501, title: 'Not Implemented', detail: 'this server is no proxy' };
/** RFC 9110, section 10.1.1. */
const UNEXPECTED: MessageFault = {
  status: 417,
  title: 'Expectation Failed',
  detail: 'the only expectation is 100-continue',
};

/** The responses of each connection that are not sent yet, in the order of their requests. */
const unsent = new WeakMap<Socket, Set<ServerResponse>>();
/** Connections with a rejected message: what follows on them is not read as a request. */
const ending = new WeakSet<Socket>();

/**
 * Listens on loopback, with the minimum TLS version of the API's security policy. Plain HTTP fails in the handshake.
 *
 * @param use is called at the start of each request, so that the gateway can be exchanged between two requests
 * @throws `port-in-use`.
 */
export async function startServer(
  api: Pick<RestApiModel, 'minTlsVersion'>,
  use: () => GatewayUse,
  options: ServerOptions,
): Promise<ApiServer> {
  const tls = { ...options.tls, minVersion: api.minTlsVersion, ALPNProtocols: ['http/1.1'] };
  // Node's own response to a missing Host header is no problem document.
  const http = { maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false, connectionsCheckingInterval: CHECK_MS };
  const server = createServer({ ...tls, ...http }, (request, response) => begin(request, response));
  const closing = closer(server);
  let minVersion = api.minTlsVersion;
  const begin = (request: IncomingMessage, response: ServerResponse): void => {
    if (isOlder(request.socket, minVersion)) response.setHeader('connection', 'close');
    closing.add(response);
    void serve(use, request, response, options.print);
  };
  // Node would drop what exceeds its count of headers, and a second Host with it; the bytes are limited already.
  server.maxHeadersCount = 0;
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.keepAliveTimeout = IDLE_MS;
  server.on('clientError', (error: Error & { readonly code?: string }, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    void endWith(socket, FAULTS[error.code ?? ''] ?? UNREADABLE);
  });
  server.on('connect', (_: IncomingMessage, socket: Socket) => void endWith(socket, NO_TUNNEL));
  server.on('checkExpectation', (request: IncomingMessage, response: ServerResponse) =>
    reject(request, response, UNEXPECTED),
  );
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    // Node also comes here for a list that contains it.
    if (request.headers.expect?.toLowerCase() !== '100-continue') return reject(request, response, UNEXPECTED);
    if (!declaresTooLarge(request) && messageFault(request) === undefined) response.writeContinue();
    begin(request, response);
  });
  const port = await listen(server, options.port);
  return {
    port,
    setMinTlsVersion(version) {
      if (version === minVersion) return;
      minVersion = version;
      server.setSecureContext({ ...tls, minVersion });
    },
    close: closing.close,
  };
}

function isOlder(socket: Socket, minVersion: RestApiModel['minTlsVersion']): boolean {
  return minVersion === 'TLSv1.3' && socket instanceof TLSSocket && socket.getProtocol() === 'TLSv1.2';
}

async function serve(
  use: () => GatewayUse,
  request: IncomingMessage,
  response: ServerResponse,
  print: (line: string) => void,
): Promise<void> {
  if (ending.has(request.socket)) return;
  keepUntilSent(request.socket, response);
  const fault = messageFault(request);
  if (fault !== undefined) return reject(request, response, fault);
  let used: GatewayUse | undefined;
  let isReading = false;
  try {
    used = use();
    isReading = true;
    const body = declaresTooLarge(request) ? undefined : await readBody(request);
    isReading = false;
    const incoming = incomingRequest(request, body ?? Buffer.alloc(0));
    const result = await used.gateway(incoming, body === undefined ? TOO_LARGE : undefined);
    if (body !== undefined) return send(response, incoming, result);
    // The rest of the body is no request, so the connection cannot carry another one.
    response.setHeader('connection', 'close');
    send(response, incoming, result, discardBody(request));
  } catch (error) {
    // Reading fails when the client disconnects; anything else is an error of the gateway.
    if (isReading) return void request.destroy();
    print(`a request failed in the gateway: ${error instanceof Error ? error.message : error}`);
    if (response.headersSent) request.destroy();
    else reject(request, response, FAILED);
  } finally {
    used?.end();
  }
}

/** Sends a response. With `held`, the response ends, and the connection with it, when `held` resolves. */
function send(
  response: ServerResponse,
  request: IncomingRequest,
  { status, headers, body }: HttpResponse,
  held?: Promise<void>,
): void {
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.setHeader('x-amzn-RequestId', request.requestId);
  response.setHeader('x-amz-apigw-id', request.extendedRequestId);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const hasBody = status >= 200 && status !== 204 && status !== 304;
  if (hasBody) response.setHeader('content-length', bytes.length);
  response.writeHead(status);
  const sent = hasBody && request.method !== 'HEAD' ? bytes : undefined;
  if (held === undefined) return void response.end(sent);
  if (sent !== undefined) response.write(sent);
  void held.then(() => response.end());
}

function keepUntilSent(socket: Socket, response: ServerResponse): void {
  const responses = unsent.get(socket) ?? new Set();
  unsent.set(socket, responses.add(response));
  response.once('close', () => responses.delete(response));
}

/**
 * Rejects a message before it reaches an API, with a problem of the type `about:blank` (RFC 9457, section 4.2.1). The next
 * message of the connection could begin anywhere, so it closes.
 */
function reject(request: IncomingMessage, response: ServerResponse, fault: MessageFault): void {
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
async function endWith(socket: Socket, fault: MessageFault): Promise<void> {
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

function listen(server: Server, port: number): Promise<number> {
  return new Promise((done, fail) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      fail(error.code === 'EADDRINUSE' ? new PortInUse(port, error) : error),
    );
    server.listen(port, LOOPBACK, () => {
      const address = server.address();
      done(typeof address === 'object' && address !== null ? address.port : port);
    });
  });
}

/** Another process listens on the port. */
export class PortInUse extends Error {
  readonly code = 'port-in-use';

  constructor(port: number, cause: Error) {
    super(`port-in-use: port ${port} is in use. Choose another with --port, or 0 for a free port.`, { cause });
    this.name = 'PortInUse';
  }
}

/**
 * Closes idle connections at once, others with their response or when the time is over. The response says so where its headers
 * are not sent yet, so that the client sends no other request on a connection that closes.
 */
function closer(server: Server) {
  const open = new Set<ServerResponse>();
  let closed: Promise<void> | undefined;
  let timer: NodeJS.Timeout | undefined;
  const setLast = (response: ServerResponse): void => {
    if (!response.headersSent) response.setHeader('connection', 'close');
  };
  return {
    add: (response: ServerResponse): void => {
      open.add(response);
      if (closed !== undefined) setLast(response);
      response.once('close', () => {
        open.delete(response);
        if (closed !== undefined) server.closeIdleConnections();
      });
    },
    close: (graceMs = GRACE_MS): Promise<void> => {
      clearTimeout(timer);
      timer = setTimeout(() => server.closeAllConnections(), graceMs);
      for (const response of open) setLast(response);
      closed ??= new Promise((done) => {
        server.close(() => {
          clearTimeout(timer);
          done();
        });
      });
      server.closeIdleConnections();
      return closed;
    },
  };
}
