import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { readSignature, type Scope, type SignatureFault, SignatureRejected, sha256 } from './signature.ts';
import { isV4a, readSignatureV4a } from './signatureV4a.ts';

/** The codes of AWS JSON and REST services. @see https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/CommonErrors.html */
const CODES: Readonly<Record<SignatureFault, string>> = {
  missing: 'MissingAuthenticationTokenException',
  incomplete: 'IncompleteSignatureException',
  'key-unknown': 'UnrecognizedClientException',
  'scope-wrong': 'InvalidSignatureException',
  'time-wrong': 'InvalidSignatureException',
  expired: 'InvalidSignatureException',
  mismatch: 'InvalidSignatureException',
};

/** What a service does with requests. */
export interface ServiceRules {
  readonly scope: Scope;
  /** Media type of its errors. */
  readonly mediaType: string;
  /** Maximum bytes of a request's body. */
  readonly bodyLimit: number;
}

/**
 * Passes only signed requests to the listeners of a server. Every process of this machine can connect to it, also those of
 * other users, and so can a page in a browser. Only a process that reads the credentials of the data directory can sign.
 *
 * The listeners get the request with a body that was read and hashed before, and that body as third argument.
 */
export function requireSignature(server: Server, rules: ServiceRules): void {
  const listeners = server.listeners('request');
  server.removeAllListeners('request');
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    verifiedBody(request, rules)
      .then(
        (body) => {
          const verified = withBody(request, body);
          for (const listener of listeners) listener.call(server, verified, response, body);
        },
        (error: unknown) => {
          // The rest of the body is no request.
          response.setHeader('connection', 'close');
          request.resume();
          sendError(response, { ...rejectionOf(error), mediaType: rules.mediaType });
        },
      )
      .catch(() => {
        const message = 'The request could not be processed.';
        sendError(response, { status: 500, code: 'InternalFailure', message, mediaType: rules.mediaType });
      });
  });
}

async function verifiedBody(request: IncomingMessage, { scope, bodyLimit }: ServiceRules): Promise<Buffer> {
  checkSender(request);
  const { method = '', url = '/', headers } = request;
  const [path = '', search = ''] = url.split(/\?(.*)/s, 2);
  const signed = { method, path, query: new URLSearchParams(search), headers };
  const signature = (isV4a(signed) ? readSignatureV4a : readSignature)(signed, scope, Date.now());
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > bodyLimit) throw new RangeError('the body is too large');
    parts.push(part);
  }
  const body = Buffer.concat(parts);
  signature.verify(sha256(body));
  return body;
}

/** No SDK sends these headers or another host: a page that got hold of a signed request cannot repeat it. */
function checkSender({ headers: { host = '', origin, 'sec-fetch-site': site } }: IncomingMessage): void {
  if (origin === undefined && site === undefined && /^(?:127\.0\.0\.1|localhost)(?::\d+)?$/.test(host)) return;
  throw new SignatureRejected('missing', 'Requests of web pages are not accepted.');
}

/** The request as a stream of its body. */
function withBody({ method, url, headers }: IncomingMessage, body: Buffer): Readable {
  return Object.assign(Readable.from(body.length === 0 ? [] : [body], { objectMode: false }), { method, url, headers });
}

/** An error response of AWS JSON and REST services. */
interface ErrorResponse {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly mediaType: string;
}

function rejectionOf(error: unknown): Omit<ErrorResponse, 'mediaType'> {
  const { message } = Object(error) as Error;
  if (error instanceof SignatureRejected) return { status: 403, code: CODES[error.fault], message };
  if (error instanceof RangeError) return { status: 413, code: 'RequestEntityTooLargeException', message };
  return { status: 500, code: 'InternalFailure', message: 'The request could not be read.' };
}

/** Sends an error, or cuts the connection when a part of a response was sent before. */
export function sendError(response: ServerResponse, { status, code, message, mediaType }: ErrorResponse): void {
  if (response.writableEnded) return;
  if (response.headersSent) return void response.destroy();
  // A handler that failed could have set headers of another body.
  for (const name of response.getHeaderNames()) if (name.startsWith('content-')) response.removeHeader(name);
  response.writeHead(status, {
    'content-type': mediaType,
    'x-amzn-errortype': code,
    'x-amzn-requestid': randomUUID(),
    'cache-control': 'no-store',
  });
  response.end(JSON.stringify({ __type: `com.amazon.coral.service#${code}`, message }));
}
