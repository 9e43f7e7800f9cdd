/** The HTTPS listener of one API. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { DomainModel } from '../assembly/domainModel.ts';
import type { RestApiModel } from '../assembly/model.ts';
import { isTrusted } from './clientCertificate.ts';
import { closer } from './closer.ts';
import { type DomainRoute, domainOf, isOfConnection, routeOf } from './domainRoute.ts';
import type { Gateway } from './gateway.ts';
import { type MessageFault, messageFault } from './httpMessage.ts';
import { declaresTooLarge, discardBody, type IncomingRequest, incomingRequest, readBody } from './incomingRequest.ts';
import { listen } from './listen.ts';
import { ownNames, withLocalUrls } from './localUrls.ts';
import { lowerCase } from './lowerCase.ts';
import { endWith, isEnding, keepUntilSent, reject } from './rejectMessage.ts';
import { type HttpResponse, type Rejection, rejection } from './step.ts';
import { asksForCertificates, secureContext, type TlsState, tlsOptions, trustStoreOf } from './tlsHosts.ts';
import { tlsPolicy } from './tlsPolicies.ts';

/** Certificate and key in PEM, and the port. */
export interface ServerOptions {
  readonly tls: TlsState['pair'];
  /** Domains whose requests come here. @default - none */
  readonly domains?: readonly DomainModel[];
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

/** What a listener serves. */
export type ServedApiModel = Pick<RestApiModel, 'minTlsVersion' | 'securityPolicy' | 'isExecuteApiDisabled'>;

/** The gateway of the API of the listener, or of the API of an id, which a domain leads to; undefined for an API that is not served. */
export type UseGateway = (apiId?: string) => GatewayUse | undefined;

/** A listening API. */
export interface ApiServer {
  readonly port: number;
  /** Whether it can ask clients for certificates. That is decided when it starts. */
  readonly canAsk: boolean;
  /** For new connections. One that speaks an older version of TLS ends with its next response. */
  update(api: ServedApiModel, domains: readonly DomainModel[]): void;
  /** A certificate for new connections. */
  setTls(pair: TlsState['pair']): void;
  /**
   * Accepts no more connections, and resolves when open requests have their responses, after `graceMs` at the latest. Another
   * call changes the time that is left.
   */
  close(graceMs?: number): Promise<void>;
}

/** Bytes of a body that are copied, so that they are written with the headers. */
const ONE_WRITE_BYTES = 16 * 1024;

/** API Gateway's limit on the bytes of all headers together (its quotas). */
const MAX_HEADER_BYTES = 10_240;
/** Time for a client to send its headers, and its whole request. */
const HEADERS_MS = 10_000;
const REQUEST_MS = 60_000;
/** Interval of the check for both; Node's 30 seconds would let a client wait four times as long for its 408. */
const CHECK_MS = 1_000;
/** API Gateway keeps idle connections open for a few minutes, and clients reuse them. */
const IDLE_MS = 65_000;

const TOO_LARGE: Rejection = rejection('REQUEST_TOO_LARGE', 'Request Too Long');

const UNREADABLE: MessageFault = { status: 400, title: 'Bad Request' };
/** By the error code of Node. */
const FAULTS: Readonly<Record<string, MessageFault>> = {
  HPE_HEADER_OVERFLOW: { status: 431, title: 'Request Header Fields Too Large' },
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, title: 'Request Timeout' },
};
/** The client's certificate is not of the trust store. AWS documents the status, and no message. */
const NOT_TRUSTED: Rejection = {
  ...rejection('ACCESS_DENIED', 'Forbidden'),
  ofGateway: 'client certificate not trusted',
};
/** What API Gateway responds when nothing is mapped, or host and connection differ. */
const FORBIDDEN: MessageFault = { status: 403, title: 'Forbidden' };
const FAILED: MessageFault = { status: 500, title: 'Internal Server Error' };
const NO_TUNNEL: MessageFault = { status: 501, title: 'Not Implemented', detail: 'this server is no proxy' };
/** RFC 9110, section 10.1.1. */
const UNEXPECTED: MessageFault = {
  status: 417,
  title: 'Expectation Failed',
  detail: 'the only expectation is 100-continue',
};

/**
 * Listens on loopback, with versions, suites and curves of the API's security policy: AWS negotiates a connection through a domain by the
 * policy of the API too. Plain HTTP fails in the handshake.
 *
 * @param use is called at the start of each request, so that the gateway can be exchanged between two requests
 * @throws `port-in-use`.
 */
export async function startServer(api: ServedApiModel, use: UseGateway, options: ServerOptions): Promise<ApiServer> {
  let listening: Listening = { domains: options.domains ?? [], tls: stateOf(api, options.domains ?? [], options.tls) };
  const tls = { ...tlsOptions(() => listening.tls), ALPNProtocols: ['http/1.1'] };
  // Node's own response to a missing Host header is no problem document.
  const http = { maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false, connectionsCheckingInterval: CHECK_MS };
  const server = createServer({ ...tls, ...http }, (request, response) => begin(request, response));
  const closing = closer(server);
  const begin = (request: IncomingMessage, response: ServerResponse): void => {
    if (isOlder(request.socket, listening.tls.policy.minVersion)) response.setHeader('connection', 'close');
    closing.add(response);
    void serve({ use, print: options.print, ...listening }, request, response);
  };
  // API Gateway ends the connection of a client without a certificate; one that it does not trust gets 403.
  server.prependListener('secureConnection', (socket: NamedSocket) => {
    const isNeeded = trustStoreOf(listening.tls, socket.servername) !== undefined;
    if (isNeeded && socket.getPeerX509Certificate() === undefined) socket.destroy();
  });
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
    if (!declaresTooLarge(request) && faultOf(request, listening.domains) === undefined) response.writeContinue();
    begin(request, response);
  });
  const port = await listen(server, options.port);
  const set = (next: Listening): void => {
    listening = next;
    server.setSecureContext(secureContext(next.tls));
  };
  return {
    port,
    canAsk: asksForCertificates(listening.tls),
    update: (next, domains) => set({ domains, tls: stateOf(next, domains, listening.tls.pair) }),
    setTls: (pair) => set({ ...listening, tls: { ...listening.tls, pair } }),
    close: closing.close,
  };
}

/** What a listener has between two updates. */
interface Listening {
  readonly domains: readonly DomainModel[];
  readonly tls: TlsState;
}

/** A server's socket: the types of Node leave out the name that the client sent. */
type NamedSocket = TLSSocket & { readonly servername?: string | false };

/**
 * `localhost` stands for the address of the API itself. Where the template switches that off, only the domains are left, so `localhost` asks
 * for what they ask for.
 */
function stateOf(api: ServedApiModel, domains: readonly DomainModel[], pair: TlsState['pair']): TlsState {
  const policy = { ...tlsPolicy(api.securityPolicy), minVersion: api.minTlsVersion };
  const { trustStore } = domains.find((domain) => domain.trustStore !== undefined) ?? {};
  const isNeeded = trustStore !== undefined && api.isExecuteApiDisabled === true;
  return { pair, policy, hosts: domains, ...(isNeeded && { trustStore }) };
}

/** Why a request cannot be served by any API. */
function faultOf(request: IncomingMessage, domains: readonly DomainModel[]): MessageFault | undefined {
  const served = { isServed: domainOf(domains, request) !== undefined, names: domains.map(({ name }) => name) };
  const fault = messageFault(request, served);
  return fault ?? (isOfConnection(domains, request) ? undefined : FORBIDDEN);
}

function isOlder(socket: Socket, minVersion: RestApiModel['minTlsVersion']): boolean {
  return minVersion === 'TLSv1.3' && socket instanceof TLSSocket && socket.getProtocol() === 'TLSv1.2';
}

async function serve(
  { use, print, domains, tls }: Listening & { readonly use: UseGateway; readonly print: ServerOptions['print'] },
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (isEnding(request.socket)) return;
  keepUntilSent(request.socket, response);
  const fault = faultOf(request, domains);
  if (fault !== undefined) return reject(request, response, fault);
  const domain = domainOf(domains, request);
  const route = domain && routeOf(domain, request);
  if (domain !== undefined && route === undefined) return reject(request, response, FORBIDDEN);
  const rejected = isRejected(request.socket, tls) ? NOT_TRUSTED : undefined;
  let used: GatewayUse | undefined;
  let isReading = false;
  try {
    used = use(route?.apiId);
    if (used === undefined) return reject(request, response, FORBIDDEN);
    isReading = true;
    const body = declaresTooLarge(request) ? undefined : await readBody(request);
    isReading = false;
    const incoming = withRoute(incomingRequest(request, body ?? Buffer.alloc(0)), route);
    const made = await used.gateway(incoming, rejected ?? (body === undefined ? TOO_LARGE : undefined));
    const address = { names: ownNames(domains), host: request.headers.host ?? '', port: request.socket.localPort ?? 0 };
    const result = { ...made, headers: withLocalUrls(made.headers, address) };
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

/** Whether the connection needs a certificate and has none that is trusted. */
function isRejected(socket: NamedSocket | Socket, tls: TlsState): boolean {
  if (!(socket instanceof TLSSocket)) return false;
  const trustStore = trustStoreOf(tls, (socket as NamedSocket).servername);
  return trustStore !== undefined && !isTrusted(socket, trustStore);
}

function withRoute(request: IncomingRequest, route: DomainRoute | undefined): IncomingRequest {
  return route === undefined ? request : { ...request, path: route.path, sentPath: request.path };
}

/** Sends a response. With `held`, the response ends, and the connection with it, when `held` resolves. */
function send(
  response: ServerResponse,
  request: IncomingRequest,
  { status, headers, body }: HttpResponse,
  held?: Promise<void>,
): void {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  const hasBody = status >= 200 && status !== 204 && status !== 304;
  response.writeHead(status, flatHeaders(headers, request, hasBody ? bytes.length : undefined));
  const sent = hasBody && request.method !== 'HEAD' ? bytes : undefined;
  // Node.js writes headers and body at once when both are strings.
  if (held === undefined && sent !== undefined && sent.length <= ONE_WRITE_BYTES)
    return void response.end(sent.toString('latin1'), 'latin1');
  if (held === undefined) return void response.end(sent);
  if (sent !== undefined) response.write(sent);
  void held.then(() => response.end());
}

/** Names and values in turn, as Node.js writes them soonest, with the gateway's own, which replace others. */
function flatHeaders(
  headers: HttpResponse['headers'],
  { requestId, extendedRequestId }: IncomingRequest,
  length: number | undefined,
): string[] {
  const flat: string[] = [];
  for (const [name, value] of headers) {
    const lower = lowerCase(name);
    if (!IDS.has(lower) && (length === undefined || lower !== 'content-length')) flat.push(name, value);
  }
  flat.push('x-amzn-RequestId', requestId, 'x-amz-apigw-id', extendedRequestId);
  if (length !== undefined) flat.push('content-length', String(length));
  return flat;
}

const IDS = new Set(['x-amzn-requestid', 'x-amz-apigw-id']);
