/** The HTTPS listener of one API. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, type Server } from 'node:https';
import type { Socket } from 'node:net';
import type { RestApiModel } from '../assembly/model.ts';
import type { Gateway } from './gateway.ts';
import { declaresTooLarge, discardBody, incomingRequest, readBody } from './incomingRequest.ts';
import type { HttpResponse, IncomingRequest, Rejection } from './step.ts';

/** What a listener needs; certificate and key in PEM. */
export interface ServerOptions {
  readonly tls: { readonly cert: string; readonly key: string };
  /** 0 picks a free one. */
  readonly port: number;
}

/** A listening API. */
export interface ApiServer {
  readonly port: number;
  /** Takes no more connections, and ends when open requests have their answers. */
  close(): Promise<void>;
}

/** The only address that it listens on: nothing outside the machine may reach it. */
const LOOPBACK = '127.0.0.1';

/** Bytes of all headers together that API Gateway takes (its quotas). */
const LARGEST_HEADERS = 10_240;
/** A client that takes longer to send its headers, or its whole request, is only holding a connection. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
/** API Gateway keeps idle connections for a few minutes; clients expect to reuse theirs. */
const IDLE_MS = 65_000;
/** Open requests get this long when the gateway ends. */
const GRACE_MS = 5_000;

const TOO_LARGE: Rejection = { kind: 'rejection', type: 'REQUEST_TOO_LARGE', message: 'Request Too Long' };

/**
 * Listens on loopback with the oldest TLS version that the API's security policy lets in. Plain HTTP on the port gets no
 * answer: it fails in the handshake.
 *
 * @throws {Error} `EADDRINUSE`, as a sentence, when the port is taken.
 */
export async function startServer(api: RestApiModel, gateway: Gateway, options: ServerOptions): Promise<ApiServer> {
  const server = createServer(
    { ...options.tls, minVersion: api.minTlsVersion, ALPNProtocols: ['http/1.1'], maxHeaderSize: LARGEST_HEADERS },
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
    const call = incomingRequest(request, body ?? Buffer.alloc(0));
    const reply = await gateway(call, body === undefined ? TOO_LARGE : undefined);
    if (body !== undefined) return send(response, call, reply);
    // What is left of the body is no request, so the connection cannot serve another one.
    response.setHeader('connection', 'close');
    send(response, call, reply, discardBody(request));
  } catch {
    // The client broke off: there is nobody to answer.
    request.destroy();
  }
}

/** Sends an answer; the connection is held until `held` is over, when the answer is the last of it. */
function send(
  response: ServerResponse,
  call: IncomingRequest,
  { status, headers, body }: HttpResponse,
  held?: Promise<void>,
): void {
  for (const [name, value] of headers) response.appendHeader(name, value);
  response.setHeader('x-amzn-RequestId', call.requestId);
  response.setHeader('x-amz-apigw-id', call.extendedRequestId);
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const hasBody = status >= 200 && status !== 204 && status !== 304;
  if (hasBody) response.setHeader('content-length', bytes.length);
  response.writeHead(status);
  const sent = hasBody && call.method !== 'HEAD' ? bytes : undefined;
  if (held === undefined) return void response.end(sent);
  if (sent !== undefined) response.write(sent);
  void held.then(() => response.end());
}

/** A request that is not HTTP, or whose headers are too large, has reached no API yet (RFC 9457, section 4.2.1). */
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

/** The port is taken. */
class PortInUse extends Error {
  readonly code = 'port-in-use';

  constructor(port: number, cause: Error) {
    super(`port-in-use: port ${port} is in use. Choose another with --port, or 0 for a free one.`, { cause });
    this.name = 'PortInUse';
  }
}

/** Idle connections are cut at once; those with an open request when it is answered, or the grace is over. */
function close(server: Server): Promise<void> {
  return new Promise((done) => {
    const cut = setTimeout(() => server.closeAllConnections(), GRACE_MS);
    server.close(() => {
      clearTimeout(cut);
      done();
    });
    server.closeIdleConnections();
  });
}
