/** The request that the gateway works on, read from Node's `IncomingMessage`. */
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import { randomHex } from '../assembly/randomHex.ts';
import type { InvocationTrace } from '../contracts.ts';
import { type ClientCertificate, clientCertificate } from './clientCertificate.ts';
import { originForm } from './httpMessage.ts';

/** What arrived, before anything was decided. Header names are in lower case. */
export interface IncomingRequest {
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly method: string;
  /** Path that routes are found by, percent-encoded, without the query. */
  readonly path: string;
  /** Path as sent, for a request to a custom domain: the base path is in front. */
  readonly sentPath?: string;
  /** Decoded query parameters; every value of a repeated name, in order. */
  readonly query: Readonly<Record<string, readonly string[]>>;
  /** Bytes of the query string as sent, percent-encoded. */
  readonly queryBytes: number;
  readonly headers: Readonly<Record<string, readonly string[]>>;
  /** Names and values as sent, in order; the proxy event keeps their case. */
  readonly rawHeaders: readonly (readonly [string, string])[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly protocol: string;
  readonly tlsVersion: string;
  readonly cipherSuite: string;
  /** Of mutual TLS. */
  readonly clientCert?: ClientCertificate;
  /** What X-Ray has of the request; the gateway adds it. */
  readonly trace?: InvocationTrace;
  /** Real milliseconds since the epoch. */
  readonly receivedAt: number;
  /** Whether the client has disconnected. @default - it has not */
  readonly isAbandoned?: () => boolean;
}

/** API Gateway's limit. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const MAX_BODY_BYTES = 10 * 1024 * 1024;

const NO_BODY = Buffer.alloc(0);

/** Limits for reading the rest of a rejected body. */
const DISCARD_MS = 2_000;
const DISCARD_BYTES = 64 * 1024 * 1024;

/** True when `content-length` declares a body that is too large, so that none of it has to be read. */
export function declaresTooLarge({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > MAX_BODY_BYTES;
}

/**
 * Reads the body.
 * @returns `undefined` when the body is too large. The request stays open for its response.
 * @throws when the client disconnects.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (hasNoBody(request)) return NO_BODY;
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MAX_BODY_BYTES) return undefined;
    parts.push(part);
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}

/** In HTTP/1, a request without these two fields has no body (RFC 9112, section 6.3). */
function hasNoBody({ headers, httpVersionMajor }: IncomingMessage): boolean {
  return (
    httpVersionMajor === 1 && headers['content-length'] === undefined && headers['transfer-encoding'] === undefined
  );
}

/**
 * Reads and drops the rest of a rejected body for a moment. Otherwise a client that is still sending would find the connection
 * reset, and would not see its response.
 */
export function discardBody(request: IncomingMessage): Promise<void> {
  // A body that was read emits no other event, so the response would wait for the time limit.
  if (request.readableEnded) return Promise.resolve();
  return new Promise((done) => {
    let left = DISCARD_BYTES;
    const timer = setTimeout(done, DISCARD_MS);
    const end = (): void => {
      clearTimeout(timer);
      done();
    };
    request.on('data', (part: Buffer) => {
      left -= part.length;
      if (left < 0) end();
    });
    request.once('end', end);
    request.once('close', end);
    request.resume();
  });
}

/** Makes the gateway's request from Node's and its body. */
export function incomingRequest(request: IncomingMessage, body: Buffer): IncomingRequest {
  const { socket } = request;
  const clientCert = socket instanceof TLSSocket ? clientCertificate(socket) : undefined;
  const target = originForm(request);
  const queryStart = target.indexOf('?');
  const rawHeaders = pairsOf(request.rawHeaders);
  return {
    requestId: randomUUID(),
    extendedRequestId: `${Buffer.from(randomHex(24).slice(4), 'hex').toString('base64url')}=`,
    method: request.method ?? 'GET',
    path: queryStart < 0 ? target : target.slice(0, queryStart),
    query: queryStart < 0 ? {} : queryOf(target.slice(queryStart + 1)),
    queryBytes: queryStart < 0 ? 0 : Buffer.byteLength(target) - Buffer.byteLength(target.slice(0, queryStart + 1)),
    headers: groupedByName(rawHeaders.map(([name, value]) => [name.toLowerCase(), value])),
    rawHeaders,
    body,
    sourceIp: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    protocol: `HTTP/${request.httpVersion}`,
    tlsVersion: socket instanceof TLSSocket ? (socket.getProtocol() ?? '') : '',
    cipherSuite: socket instanceof TLSSocket ? socket.getCipher().standardName : '',
    ...(clientCert === undefined ? {} : { clientCert }),
    receivedAt: Date.now(),
    isAbandoned: () => socket.destroyed,
  };
}

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i] ?? '', flat[i + 1] ?? '']);
  return pairs;
}

/** Decoded like a form: `+` is a space, and invalid UTF-8 becomes the replacement character. */
function queryOf(query: string): Readonly<Record<string, readonly string[]>> {
  return groupedByName([...new URLSearchParams(query)]);
}

/** Every value of each name, in order. Names such as `__proto__` are ordinary names. */
export function groupedByName(
  pairs: readonly (readonly [string, string])[],
): Readonly<Record<string, readonly string[]>> {
  const values: Record<string, string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    const earlier = values[name];
    if (earlier === undefined) values[name] = [value];
    else earlier.push(value);
  }
  return values;
}
