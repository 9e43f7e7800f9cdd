/** The HTTPS listener of one API. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { RestApiModel } from '../assembly/model.ts';
import type { Gateway } from './gateway.ts';
import { declaresTooLarge, discardBody, type IncomingRequest, incomingRequest, readBody } from './incomingRequest.ts';
import { type HttpResponse, type Rejection, rejection } from './step.ts';

/** Certificate and key in PEM, and the port. */
export interface ServerOptions {
  readonly tls: { readonly cert: string; readonly key: string };
  /** 0 picks a free port. */
  readonly port: number;
}

/** A listening API. */
export interface ApiServer {
  readonly port: number;
  /** Accepts no more connections, and resolves when open requests have their responses. */
  close(): Promise<void>;
}

/** The gateway listens on no other address, so that nothing outside the machine reaches it. */
const LOOPBACK = '127.0.0.1';

/** API Gateway's limit on the bytes of all headers together (its quotas). */
const MAX_HEADER_BYTES = 10_240;
/** Time for a client to send its headers, and its whole request. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
/** API Gateway keeps idle connections open for a few minutes, and clients reuse them. */
const IDLE_MS = 65_000;
/** Time for open requests to finish when the gateway closes. */
const GRACE_MS = 5_000;

const TOO_LARGE: Rejection = rejection('REQUEST_TOO_LARGE', 'Request Too Long');

/**
 * Listens on loopback, with the minimum TLS version of the API's security policy. Plain HTTP fails in the handshake.
 *
 * @throws `port-in-use`.
 */
export async function startServer(api: RestApiModel, gateway: Gateway, options: ServerOptions): Promise<ApiServer> {
  const server = createServer(
    { ...options.tls, minVersion: api.minTlsVersion, ALPNProtocols: ['http/1.1'], maxHeaderSize: MAX_HEADER_BYTES },
    (request, response) => void serve(gateway, request, response),
  );
  server.headersTimeout = HEADERS_MS;
  server.requestTimeout = REQUEST_MS;
  server.keepAliveTimeout = IDLE_MS;
  server.on('clientError', rejectUnreadable);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    if (!declaresTooLarge(request)) response.writeContinue();
    void serve(gateway, request, response);
  });
  const port = await listen(server, options.port);
  return { port, close: () => close(server) };
}

async function serve(gateway: Gateway, request: IncomingMessage, response: ServerResponse): Promise<void> {
  try {
    const body = declaresTooLarge(request) ? undefined : await readBody(request);
    const incoming = incomingRequest(request, body ?? Buffer.alloc(0));
    const result = await gateway(incoming, body === undefined ? TOO_LARGE : undefined);
    if (body !== undefined) return send(response, incoming, result);
    // The rest of the body is no request, so the connection cannot carry another one.
    response.setHeader('connection', 'close');
    send(response, incoming, result, discardBody(request));
  } catch {
    // The client disconnected.
    request.destroy();
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

/** Rejects what is not HTTP, or has too large headers, before it reaches an API: `about:blank` (RFC 9457, section 4.2.1). */
function rejectUnreadable(error: Error & { readonly code?: string }, socket: Socket): void {
  if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
  const [status, title] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'Request Header Fields Too Large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'Request Timeout']
        : [400, 'Bad Request'];
  const body = JSON.stringify({ type: 'about:blank', title, status });
  const head = [
    `HTTP/1.1 ${status} ${title}`,
    'Content-Type: application/problem+json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    'Connection: close',
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
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
class PortInUse extends Error {
  readonly code = 'port-in-use';

  constructor(port: number, cause: Error) {
    super(`port-in-use: port ${port} is in use. Choose another with --port, or 0 for a free port.`, { cause });
    this.name = 'PortInUse';
  }
}

/** Closes idle connections at once, others when their request has its response or `GRACE_MS` is over. */
function close(server: Server): Promise<void> {
  return new Promise((done) => {
    const timer = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(timer);
      done();
    });
    server.closeIdleConnections();
  });
}
