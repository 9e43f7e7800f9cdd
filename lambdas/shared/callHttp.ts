import type { Agent, AgentOptions, IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { MAX_RESPONSE_BYTES, ResponseTooLarge } from './retry.ts';

/** A request; its signal ends it, and what was sent of it. */
export interface HttpCall {
  /** Default: GET. */
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly signal: AbortSignal;
  /** Maximum bytes of the response. */
  readonly maxBytes?: number;
}

/** A response that was read to its end. */
export interface HttpResult {
  readonly ok: boolean;
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly bytes: Buffer;
}

/** Statuses that a client could follow (https://fetch.spec.whatwg.org/#redirect-status). */
const REDIRECTS: readonly number[] = [301, 302, 303, 307, 308];
/** As `fetch` of Node.js: a connection without a request is closed after this time. */
const IDLE_MS = 4_000;

/**
 * Sends an HTTP request over `node:https`, or `node:http` where an override of an endpoint says so, and reads its response. The two
 * load in a fifth of the time of `fetch`. Certificates are verified; no redirect is followed, because the next server would get the
 * credentials. A compressed response is not asked for; objects that are stored with gzip come with it all the same, and are unpacked.
 *
 * @returns the response of any status but a redirect.
 * @throws {ResponseTooLarge} as soon as `Content-Length`, the bytes that arrived or those that were unpacked exceed the maximum.
 * {@link TypeError} for an address with another protocol, or with a user or password. {@link Error} for a redirect, for another protocol in
 * the response (101), and for another encoding than gzip. The reason of the signal when that ends the call. Any other error of the
 * connection, with its `code`.
 * @example
 * ```ts
 * const { status, bytes } = await callHttp('https://login.example.com/jwks', { signal: AbortSignal.timeout(2_000) });
 * ```
 */
export async function callHttp(address: string, call: HttpCall): Promise<HttpResult> {
  const url = new URL(address);
  if (url.username !== '' || url.password !== '') throw new TypeError('the address has a user or a password');
  const { signal, maxBytes = MAX_RESPONSE_BYTES } = call;
  signal.throwIfAborted();
  try {
    const response = await send(url, call);
    const { statusCode: status = 0, headers } = response;
    if (REDIRECTS.includes(status)) throw ending(response, new Error(`the response is a redirect (${status})`));
    if (Number(headers['content-length']) > maxBytes) throw ending(response, new ResponseTooLarge(maxBytes));
    const bytes = unpacked(await read(response, maxBytes), headers['content-encoding'], maxBytes);
    return { ok: status >= 200 && status < 300, status, headers, bytes };
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  }
}

function send(url: URL, { method = 'GET', headers, body, signal }: HttpCall): Promise<IncomingMessage> {
  const transport = transportOf(url.protocol);
  const { request, agent } = transport;
  endIdle(transport);
  return new Promise((resolve, reject) => {
    const common = { accept: '*/*', 'accept-encoding': 'identity', 'user-agent': 'secure-api' };
    const sent = request(url, { method, headers: { ...common, ...headers }, agent, signal }, resolve);
    sent.on('error', reject);
    sent.on('upgrade', (_, socket) => {
      socket.destroy();
      reject(new Error('the response asks for another protocol (101)'));
    });
    sent.end(body);
  });
}

/** By its events: an iterator of a stream is loaded and made for each response, and a first response waits for it. */
function read(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    response.on('data', (part: Buffer) => {
      size += part.byteLength;
      if (size > maxBytes) reject(ending(response, new ResponseTooLarge(maxBytes)));
      else parts.push(part);
    });
    response.on('end', () => resolve(Buffer.concat(parts)));
    // Also where the connection ends before the response does.
    response.on('error', reject);
  });
}

function unpacked(bytes: Buffer, encoding = 'identity', maxBytes: number): Buffer {
  if (encoding === 'identity') return bytes;
  if (encoding !== 'gzip') throw new Error('the response is compressed with another method than gzip');
  try {
    return process.getBuiltinModule('node:zlib').gunzipSync(bytes, { maxOutputLength: maxBytes });
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE' ? new ResponseTooLarge(maxBytes) : error;
  }
}

function ending<T extends Error>(response: IncomingMessage, error: T): T {
  response.destroy();
  return error;
}

interface Transport {
  readonly request: typeof import('node:http').request;
  readonly agent: Agent;
  lastCall: number;
}

const transports = new Map<string, Transport>();

/** Loaded when needed, without the client behind `fetch` (ADR 58). */
function transportOf(protocol: string): Transport {
  const known = transports.get(protocol);
  if (known !== undefined) return known;
  if (protocol !== 'https:' && protocol !== 'http:') throw new TypeError(`the protocol ${protocol} is not HTTP`);
  const { request, Agent, globalAgent } = process.getBuiltinModule(protocol === 'https:' ? 'node:https' : 'node:http');
  // Those of the global agent: connections stay open, and a proxy of the environment is used (NODE_USE_ENV_PROXY).
  const { options } = globalAgent as { readonly options?: AgentOptions };
  const transport = { request, agent: new Agent({ ...options, timeout: IDLE_MS }), lastCall: 0 };
  transports.set(protocol, transport);
  return transport;
}

/** Lambda can have frozen the instance since the last call: then timers did not close connections, and servers have. */
function endIdle(transport: Transport): void {
  const now = Date.now();
  const isOld = now - transport.lastCall > IDLE_MS;
  transport.lastCall = now;
  if (isOld) for (const socket of Object.values(transport.agent.freeSockets).flat()) socket?.destroy();
}
