/** A request of a viewer, over HTTP/1.1 or HTTP/2. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Http2ServerRequest } from 'node:http2';
import type { TLSSocket } from 'node:tls';
import { parseHost, type RequestHost } from '../hostHeader.ts';
import type { ViewerCertificate } from './certificateHeaders.ts';
import { targetOf } from './requestTarget.ts';

/** What arrived at the edge. */
export interface ViewerRequest {
  /** As in `x-amz-cf-id`. */
  readonly id: string;
  readonly method: string;
  /** Percent-encoded, as sent. Begins with a slash, unless the target of the request is none of the distribution. */
  readonly path: string;
  /** As sent, without the question mark; undefined without one. */
  readonly query: string | undefined;
  /** Names in lower case, in the order in which they were sent. `host` is always there. */
  readonly headers: readonly (readonly [string, string])[];
  readonly address: string;
  readonly port: number;
  /** `1.0`, `1.1` or `2.0`. */
  readonly httpVersion: string;
  readonly tlsVersion: string;
  readonly cipherSuite: string;
  readonly certificate?: ViewerCertificate;
}

/** The connection of a request, also below HTTP/2. */
export interface Viewer {
  readonly socket: TLSSocket;
  readonly certificate?: ViewerCertificate;
}

export function viewerRequest(request: IncomingMessage | Http2ServerRequest, viewer: Viewer): ViewerRequest {
  const { socket, certificate } = viewer;
  const headers = headersOf(request);
  const target = targetOfRequest(request, headers);
  const at = target.indexOf('?');
  return {
    id: requestId(),
    method: request.method ?? 'GET',
    path: at < 0 ? target : target.slice(0, at),
    query: at < 0 ? undefined : target.slice(at + 1),
    headers,
    address: (socket.remoteAddress ?? '').replace(/^::ffff:/, ''),
    port: socket.remotePort ?? 0,
    httpVersion: request.httpVersion,
    tlsVersion: socket.getProtocol() ?? '',
    cipherSuite: socket.getCipher()?.standardName ?? '',
    ...(certificate && { certificate }),
  };
}

/** The host of a request (RFC 9113, section 8.3.1: `:authority` of HTTP/2). */
export function hostOf({ headers }: Pick<ViewerRequest, 'headers'>): string {
  return headers.find(([name]) => name === 'host')?.[1] ?? '';
}

/** The name in the host of a request, in lower case; undefined where there is not exactly one host, or it is none. */
export function hostNameOf({ headers }: Pick<ViewerRequest, 'headers'>): string | undefined {
  return parsedHost(headers)?.name;
}

function parsedHost(headers: ViewerRequest['headers']): RequestHost | undefined {
  const hosts = headers.filter(([name]) => name === 'host');
  return hosts.length === 1 ? parseHost(hosts[0]?.[1] ?? '') : undefined;
}

/** Path and query, or the target as sent where it has no path of this host. HTTP/2 has no whole URL in `:path` (RFC 9113, section 8.3.1). */
function targetOfRequest(request: IncomingMessage | Http2ServerRequest, headers: ViewerRequest['headers']): string {
  const { url = '/' } = request;
  const host = parsedHost(headers);
  if ('stream' in request || host === undefined) return url;
  return targetOf(url, 'https', host) ?? url;
}

export function requestId(): string {
  return `${randomBytes(41).toString('base64url')}==`;
}

function headersOf({ rawHeaders }: IncomingMessage | Http2ServerRequest): (readonly [string, string])[] {
  const pairs: (readonly [string, string])[] = [];
  const cookies: string[] = [];
  let authority: string | undefined;
  for (let i = 0; i + 1 < rawHeaders.length; i += 2) {
    const [name, value] = [(rawHeaders[i] ?? '').toLowerCase(), rawHeaders[i + 1] ?? ''];
    if (name === ':authority') authority = value;
    else if (name === 'cookie') cookies.push(value);
    else if (!name.startsWith(':')) pairs.push([name, value]);
  }
  // HTTP/2 may send a cookie in several fields (RFC 9113, section 8.2.3).
  if (cookies.length > 0) pairs.push(['cookie', cookies.join('; ')]);
  if (authority === undefined) return pairs;
  // Another Host than the authority is a second host.
  return [['host', authority], ...pairs.filter(([name, value]) => name !== 'host' || value !== authority)];
}
