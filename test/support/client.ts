import { readFileSync } from 'node:fs';
import { Agent, type RequestOptions, request } from 'node:https';

export interface ClientResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly bytes: Buffer;
  /** The parsed body; throws when it is not JSON. */
  json<T = Record<string, unknown>>(): T;
}

export interface Call {
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  /** Sent as it is when a string or bytes; else as JSON with its content type. */
  readonly body?: unknown;
}

export type Client = (method: string, path: string, call?: Call) => Promise<ClientResponse>;

/** An HTTPS client that trusts one CA and nothing else, as `curl --cacert` does. */
export function clientOf(base: { readonly url: string; readonly ca: string }, tls: RequestOptions = {}): Client {
  const agent = new Agent({ ca: readFileSync(base.ca), keepAlive: true, maxSockets: 64 });
  const { hostname, port, pathname } = new URL(base.url);
  return (method, path, call = {}) =>
    new Promise((done, fail) => {
      const raw = typeof call.body === 'string' || Buffer.isBuffer(call.body);
      const body =
        call.body === undefined ? undefined : raw ? (call.body as string | Buffer) : JSON.stringify(call.body);
      const headers: Record<string, string | string[]> = {
        ...(call.token === undefined ? {} : { authorization: `Bearer ${call.token}` }),
        ...(body === undefined
          ? {}
          : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }),
        ...(call.headers as Record<string, string | string[]>),
      };
      // As it is written: a URL would take `/..` away.
      const target = `${pathname.replace(/\/$/, '')}${path}`;
      const outgoing = request({ hostname, port, path: target, method, headers, agent, ...tls }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk) => chunks.push(chunk));
        incoming.on('error', fail);
        incoming.on('end', () => {
          const bytes = Buffer.concat(chunks);
          const text = bytes.toString('utf8');
          const { statusCode: status = 0, headers } = incoming;
          done({ status, headers, text, bytes, json: () => JSON.parse(text) });
        });
      });
      outgoing.on('error', fail);
      outgoing.end(body);
    });
}
