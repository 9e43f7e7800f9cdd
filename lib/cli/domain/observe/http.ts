import { type IncomingMessage, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { TLSSocket } from 'node:tls';
import type { Failure, HttpFacts, PlainHttp } from './facts.ts';
import { failureOf, lateness } from './failure.ts';
import { type ClientIdentity, probingOptions } from './handshake.ts';
import type { Target } from './probe.ts';

/** The response over TLS, and what OpenSSL thinks of the certificates, given the trusted ones. */
export interface HttpsResult {
  readonly openssl?: Failure;
  readonly response: HttpFacts | Failure;
  /** The server ended the connection because it wants a client certificate, or another one. */
  readonly wantsCertificate: boolean;
}

/** What a request over TLS is made with. */
interface HttpsRequest {
  /** PEM, one certificate each. */
  readonly trusted: readonly string[];
  readonly identity?: ClientIdentity | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** Requests that identify nobody. Redirects are not followed, bodies are not read. */
function headersFor(url: URL): Readonly<Record<string, string>> {
  return { host: url.host, accept: '*/*', 'user-agent': 'secure-api-domain-check', connection: 'close' };
}

/** Requests the URL over TLS. */
export function httpsResponse(
  url: URL,
  target: Target,
  { trusted, identity, headers = {} }: HttpsRequest,
): Promise<HttpsResult> {
  return new Promise((resolve) => {
    let openssl: Failure | undefined;
    const end = (response: HttpsResult['response'], wantsCertificate = false) => {
      clearTimeout(timer);
      resolve({ response, wantsCertificate, ...(openssl && { openssl }) });
      call.destroy();
    };
    const call = tlsRequest({
      ...probingOptions(target, identity),
      ca: [...trusted],
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: { ...headers, ...headersFor(url) },
      agent: false,
    });
    const timer = setTimeout(() => end(lateness('no HTTP response', target.timeoutMs)), target.timeoutMs);
    call.on('socket', (socket) => {
      socket.once('secureConnect', () => {
        const { authorizationError } = socket as TLSSocket;
        if (authorizationError) openssl = failureOf(authorizationError);
      });
    });
    call.on('response', (response) => end(factsOf(response)));
    call.on('error', (error: NodeJS.ErrnoException) => {
      end(failureOf(error), /CERTIFICATE_REQUIRED|ALERT_(?:BAD|UNKNOWN|NO)_C/.test(error.code ?? ''));
    });
    call.end();
  });
}

/** The URL of a request without TLS: a query can contain a secret, so another one stands for it. */
export function plainUrl(url: URL): URL {
  const plain = new URL(url);
  if (plain.search !== '') plain.search = '?secure-api-domain-check';
  return plain;
}

/** Requests the same path by plain HTTP at a port. No listener is the best result. */
export function plainHttp(wanted: URL, { address, timeoutMs }: Target, port: number): Promise<PlainHttp> {
  const url = plainUrl(wanted);
  return new Promise((resolve) => {
    const call = plainRequest({
      host: address,
      port,
      method: 'GET',
      path: `${url.pathname}${url.search}`,
      headers: { ...headersFor(url), host: port === 80 ? url.hostname : `${url.hostname}:${port}` },
      agent: false,
    });
    const end = (result: PlainHttp) => {
      clearTimeout(timer);
      resolve(result);
      call.destroy();
    };
    const timer = setTimeout(() => end({ kind: 'closed', ...lateness('no response', timeoutMs) }), timeoutMs);
    call.on('response', (response) => end({ kind: 'response', response: factsOf(response) }));
    call.on('error', (error: NodeJS.ErrnoException & { readonly rawPacket?: Buffer }) => {
      // The parser has read a status line before it finds headers that are wrong or too long.
      const isHttp = error.code === 'HPE_HEADER_OVERFLOW' || error.rawPacket?.toString('latin1', 0, 5) === 'HTTP/';
      end({ kind: isHttp ? 'broken' : 'closed', ...failureOf(error) });
    });
    call.end();
  });
}

function factsOf({ statusCode = 0, headersDistinct }: IncomingMessage): HttpFacts {
  return { status: statusCode, headers: headersDistinct };
}
