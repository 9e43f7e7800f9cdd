/** A request as it arrived, read from Node's. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';
import type { IncomingRequest } from './step.ts';

/** Bytes of a body that API Gateway takes. https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html */
const LARGEST_BODY = 10 * 1024 * 1024;

/** How long, and how much, is read of a body that was refused. */
const LINGER_MS = 2_000;
const LINGER_BYTES = 64 * 1024 * 1024;

/** True when the client says itself that its body is too large, so that nothing of it has to be read. */
export function declaresTooLarge({ headers }: IncomingMessage): boolean {
  return Number(headers['content-length'] ?? 0) > LARGEST_BODY;
}

/**
 * The body, or nothing when it is larger than the gateway takes; the request stays open then, for its answer. Throws when the
 * client breaks off.
 */
export async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > LARGEST_BODY) return undefined;
    parts.push(part);
  }
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
}

/**
 * Reads what still arrives of a body that was refused and drops it, for a moment: a client that is busy sending would find the
 * connection reset, and never see its answer.
 */
export function discardBody(request: IncomingMessage): Promise<void> {
  return new Promise((done) => {
    let left = LINGER_BYTES;
    const timer = setTimeout(done, LINGER_MS);
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

/** Makes the call of a request and its body. */
export function incomingRequest(request: IncomingMessage, body: Buffer): IncomingRequest {
  const { socket } = request;
  const target = request.url ?? '/';
  const mark = target.indexOf('?');
  const rawHeaders = pairsOf(request.rawHeaders);
  return {
    requestId: randomUUID(),
    extendedRequestId: `${randomBytes(10).toString('base64url')}=`,
    method: request.method ?? 'GET',
    path: mark < 0 ? target : target.slice(0, mark),
    query: mark < 0 ? {} : queryOf(target.slice(mark + 1)),
    headers: groupedByName(rawHeaders.map(([name, value]) => [name.toLowerCase(), value])),
    rawHeaders,
    body,
    sourceIp: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    protocol: `HTTP/${request.httpVersion}`,
    tlsVersion: socket instanceof TLSSocket ? (socket.getProtocol() ?? '') : '',
    cipherSuite: socket instanceof TLSSocket ? socket.getCipher().standardName : '',
    receivedAt: Date.now(),
  };
}

function pairsOf(flat: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let i = 0; i + 1 < flat.length; i += 2) pairs.push([flat[i] ?? '', flat[i + 1] ?? '']);
  return pairs;
}

/** Decoded as a form is: `+` is a blank, and bytes that are no UTF-8 become the replacement character. */
function queryOf(text: string): Readonly<Record<string, readonly string[]>> {
  return groupedByName([...new URLSearchParams(text)]);
}

/** Every value of each name, in order; names such as `__proto__` are names like all others. */
function groupedByName(pairs: readonly (readonly [string, string])[]): Readonly<Record<string, readonly string[]>> {
  const values: Record<string, string[]> = Object.create(null);
  for (const [name, value] of pairs) {
    const known = values[name];
    if (known === undefined) values[name] = [value];
    else known.push(value);
  }
  return values;
}
