/** The listeners of the distributions of one API: HTTP/2 and HTTP/1.1 over TLS, and plain HTTP. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import type { DomainModel } from '../../assembly/domainModel.ts';
import type { DistributionModel } from '../../assembly/edgeModel.ts';
import { declaresTooLarge, discardBody, readBody } from '../incomingRequest.ts';
import { type OwnName, withLocalUrls } from '../localUrls.ts';
import type { UseGateway } from '../server.ts';
import type { HttpResponse } from '../step.ts';
import { behindDomain } from './behindDomain.ts';
import { chosenEdge } from './chosenEdge.ts';
import type { Edge } from './edge.ts';
import {
  asksViewers,
  type Distributions,
  distributionOfConnection,
  type EdgeTlsState,
  edgeSecureContext,
  edgeTlsOptions,
  isOfPolicy,
} from './edgeTls.ts';
import type { Handshake } from './handshake.ts';
import { listenOn } from './listenOn.ts';
import { answerPlainHttp } from './plainHttp.ts';
import { errorPage } from './responses.ts';
import { hostNameOf, hostOf, type Viewer, viewerRequest } from './viewerRequest.ts';

/** A distribution with what runs it and its API. */
export interface ServedEdge {
  readonly distribution: DistributionModel;
  readonly edge: Edge;
  readonly handshake: Handshake;
  /** Domains whose requests come to the API. */
  readonly domains: readonly DomainModel[];
  readonly use: UseGateway;
}

export interface EdgeServerOptions {
  readonly tls: EdgeTlsState['pair'];
  /** For HTTPS and for plain HTTP; 0 picks a free one, and so does a port that is in use. */
  readonly ports: readonly [https: number, http: number];
  readonly print: (line: string) => void;
}

/** The listeners of one or several distributions. */
export interface EdgeServer {
  readonly port: number;
  readonly httpPort: number;
  /** Whether it can ask clients for certificates. That is decided when it starts. */
  readonly canAsk: boolean;
  /** Serves these from now on. */
  serve(next: Distributions<ServedEdge>): void;
  /** For new connections. */
  setTls(tls: EdgeTlsState['pair']): void;
  /** Resolves when open requests have their responses, after `graceMs` at the latest. */
  close(graceMs?: number): Promise<void>;
}

type Request = IncomingMessage | Http2ServerRequest;

const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
const GRACE_MS = 5_000;
/** More than CloudFront's limit, which the distribution checks itself; and Node's response to a missing Host header would be another one. */
const HTTP1 = { maxHeaderSize: 65_536, requireHostHeader: false };
/** Of a connection, and not allowed in HTTP/2 (RFC 9113, section 8.2.2). */
const OF_CONNECTION = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade'];

/** Starts both listeners. @throws the error of a listener that cannot start */
export async function startEdgeServer(
  first: Distributions<ServedEdge>,
  options: EdgeServerOptions,
): Promise<EdgeServer> {
  let now: EdgeTlsState & { readonly served: Distributions<ServedEdge> } = { served: first, pair: options.tls };
  const canAsk = asksViewers(first);
  /** By connection. A connection keeps its certificate, and not the decision about the next one. */
  const viewers = new WeakMap<object, Viewer>();
  const open = new Set<Socket>();
  const busy = new Set<ServerResponse>();
  // Few stacks have a distribution, and an import of either loads more than these (ADR 58).
  const { createServer } = process.getBuiltinModule('node:http');
  const { createSecureServer } = process.getBuiltinModule('node:http2');
  const server = createSecureServer({ ...edgeTlsOptions(() => now), ...HTTP1, allowHTTP1: true });
  // Node would drop a second Host beyond its count of headers.
  Object.assign(server, { maxHeadersCount: 0 });
  const accept = server.listeners('secureConnection');
  server.removeAllListeners('secureConnection');
  let accepted: Viewer | undefined;
  server.on('secureConnection', (socket: TLSSocket) => {
    const edge = distributionOfConnection(now.served, servernameOf(socket));
    if (edge === undefined || !isOfPolicy(socket, edge.distribution)) return void socket.destroy();
    const result = edge.handshake(socket);
    if (!result.accepted) return void socket.destroy();
    open.add(socket);
    socket.once('close', () => open.delete(socket));
    accepted = { socket, ...(result.certificate && { certificate: result.certificate }) };
    viewers.set(socket, accepted);
    for (const listener of accept) listener.call(server, socket);
    accepted = undefined;
  });
  // A session is made while its connection is accepted; it shows requests another object for the socket.
  server.on('session', (session) => void (accepted && viewers.set(session, accepted)));
  // Both would be messages about bytes that are no TLS.
  server.on('tlsClientError', (_: Error, socket: Socket) => void socket.destroy());
  server.on('sessionError', () => undefined);
  server.on('clientError', (error: Error & { readonly code?: string }, socket: Socket) => {
    const waiting = [...busy].filter(({ req }) => req.socket === socket);
    // A transfer coding that nobody knows is found after the headers: the response is that of the one request that waits.
    const isOwn = error.code === 'HPE_INVALID_TRANSFER_ENCODING' && waiting.length === 1 && !waiting[0]?.headersSent;
    const isAnother = waiting.length > 0 && !isOwn;
    if (!socket.writable || error.code === 'ECONNRESET' || isAnother) return void socket.destroy();
    socket.end(unreadable(error.code));
  });
  server.on('connect', (_: Request, to: Socket | ServerResponse) => {
    if ('writeHead' in to) to.writeHead(400).end();
    else to.end(unreadable(undefined));
  });
  // Requests and responses of HTTP/2 have the members of those of HTTP/1.1.
  server.on('request', (request: Request, response: ServerResponse) => {
    busy.add(response);
    response.once('close', () => busy.delete(response));
    void respond(request, response);
  });
  const respond = async (request: Request, response: ServerResponse): Promise<void> => {
    const viewer = viewers.get(connectionOf(request));
    if (viewer === undefined) return void request.destroy();
    const read = viewerRequest(request, viewer);
    const { edge: served, rejected } = chosenEdge(now.served, servernameOf(viewer.socket), hostNameOf(read));
    const { edge, use, domains } = served;
    let isReading = false;
    let used: ReturnType<UseGateway>;
    try {
      used = use();
      if (used === undefined) throw new Error('the API is not served');
      const gateway = behindDomain(used.gateway, domains, use);
      const incoming = request as IncomingMessage;
      isReading = true;
      const body = declaresTooLarge(incoming) ? undefined : await readBody(incoming);
      isReading = false;
      const tooLarge = body === undefined ? 413 : undefined;
      const result = await edge(read, body ?? Buffer.alloc(0), gateway, rejected ?? tooLarge);
      const headers = withLocalUrls(result.headers, { names: namesOf(now.served), host: hostOf(read), port });
      send(request, response, { ...result, headers });
      if (body === undefined) await discardBody(incoming);
    } catch (error) {
      if (!isReading) options.print(`a request failed at the edge: ${error instanceof Error ? error.message : error}`);
      if (isReading || response.headersSent) return void request.destroy();
      response.writeHead(502);
      response.end();
    } finally {
      used?.end();
    }
  };
  const responded = new WeakSet<object>();
  const plain = createServer(HTTP1, (request, response) => {
    responded.add(request.socket);
    const [{ distribution }, ...others] = now.served;
    answerPlainHttp(request, response, [distribution, ...others.map((each) => each.distribution)], port);
  });
  plain.on('clientError', (error: Error & { readonly code?: string }, socket: Socket) => {
    if (!socket.writable || error.code === 'ECONNRESET') return void socket.destroy();
    // A request has its response before its body is read.
    socket.end(responded.has(socket) ? '' : unreadable(error.code));
  });
  plain.on('connect', (_: IncomingMessage, socket: Socket) => void socket.end(unreadable(undefined)));
  Object.assign(plain, { headersTimeout: HEADERS_MS, requestTimeout: REQUEST_MS, maxHeadersCount: 0 });
  const port = await listenOn(server, options.ports[0]);
  const httpPort = await listenOn(plain, options.ports[1]).catch((error: unknown) => {
    server.close();
    throw error;
  });
  let closed: Promise<void> | undefined;
  const set = (next: typeof now): void => {
    now = next;
    server.setSecureContext(edgeSecureContext(now));
  };
  return {
    port,
    httpPort,
    canAsk,
    serve: (served) => set({ ...now, served }),
    setTls: (pair) => set({ ...now, pair }),
    close(graceMs = GRACE_MS) {
      closed ??= new Promise((done) => {
        plain.close();
        plain.closeAllConnections();
        const cut = () => {
          for (const socket of open) socket.destroy();
        };
        const timer = setTimeout(cut, graceMs);
        server.close(() => {
          clearTimeout(timer);
          done();
        });
        const waiting = [...busy].map((response) => new Promise((ended) => response.once('close', ended)));
        void Promise.all(waiting).then(() => setImmediate(cut));
      });
      return closed;
    },
  };
}

/** The response to bytes of HTTP/1.1 that Node cannot read as a request. */
function unreadable(code: string | undefined): string {
  const { status, body } = errorPage(code === 'HPE_HEADER_OVERFLOW' ? 413 : 400);
  const head = ['content-type: text/html; charset=utf-8', `content-length: ${body.length}`, 'connection: close'];
  return [`HTTP/1.1 ${status} ${status === 413 ? 'Content Too Large' : 'Bad Request'}`, ...head, '', body].join('\r\n');
}

/** The name of a connection (SNI), which the types of Node leave out. */
function servernameOf(socket: TLSSocket & { readonly servername?: string | false | null }): string {
  return socket.servername || '';
}

function namesOf(served: readonly ServedEdge[]): readonly OwnName[] {
  return served.flatMap(({ distribution: { aliases } }) => aliases.map((name) => ({ name, isWhole: true })));
}

/** The session of HTTP/2, or the socket. */
function connectionOf(request: Request): object {
  return ('stream' in request ? request.stream?.session : undefined) ?? request.socket;
}

function send(request: Request, response: ServerResponse, { status, headers, body }: HttpResponse): void {
  const isHttp2 = request.httpVersionMajor === 2;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const values = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const lower = name.toLowerCase();
    if (OF_CONNECTION.includes(lower) || lower === 'content-length') continue;
    values.set(lower, [...(values.get(lower) ?? []), value]);
  }
  for (const [name, all] of values) response.setHeader(name, all.length === 1 ? (all[0] ?? '') : all);
  const hasBody = status >= 200 && status !== 204 && status !== 304;
  if (hasBody) response.setHeader('content-length', bytes.length);
  if (!isHttp2 && status === 413) response.setHeader('connection', 'close');
  response.writeHead(status);
  if (hasBody && request.method !== 'HEAD') response.end(bytes);
  else response.end();
}
