/**
 * What Node's parser accepts and HTTP does not (RFC 9112, RFC 9110). Node rejects broken lines, lengths and chunks itself; it
 * leaves version, target, host and encoding to the server.
 */
import type { IncomingMessage } from 'node:http';
import { hostOfRequest, LOCAL_NAMES } from './hostHeader.ts';

/** A request that is rejected before an API sees it. */
export interface MessageFault {
  readonly status: number;
  readonly title: string;
  /** Names the rule, never a part of the request. */
  readonly detail?: string;
}

/** `*`, or a path with an optional query (RFC 3986, section 3). Browsers do not encode the brackets of a query. */
const ORIGIN_FORM = /^\/(?:[\w.~!$&'()*+,;=:@/-]|%[\dA-F]{2})*(?:\?(?:[\w.~!$&'()*+,;=:@/?[\]-]|%[\dA-F]{2})*)?$/i;
const ABSOLUTE_FORM = /^(https?):\/\/([^/?]*)(.*)$/is;

/** The names that a server has beside those of this machine. */
export interface ServedNames {
  /** Whether the host of the request is one. */
  readonly isServed: boolean;
  readonly names: readonly string[];
}

/** Why a request is not HTTP/1.1, or not for this server; undefined for a good one. */
export function messageFault(request: IncomingMessage, served: ServedNames): MessageFault | undefined {
  return versionFault(request) ?? hostFault(request, served) ?? targetFault(request) ?? encodingFault(request);
}

/** The path and query of a request, whose target can be a whole URL (RFC 9112, section 3.2.2). */
export function originForm({ url = '/' }: Pick<IncomingMessage, 'url'>): string {
  if (url.startsWith('/') || url === '*') return url;
  return absoluteForm(url)?.target ?? '/';
}

/** A target that is a whole URL. */
export interface AbsoluteForm {
  /** In lower case. */
  readonly scheme: string;
  readonly authority: string;
  /** Path and query. */
  readonly target: string;
}

/** Reads a target that is a whole URL (RFC 9112, section 3.2.2); undefined for any other. */
export function absoluteForm(url: string): AbsoluteForm | undefined {
  const [, scheme, authority = '', rest = ''] = ABSOLUTE_FORM.exec(url) ?? [];
  if (scheme === undefined) return undefined;
  return { scheme: scheme.toLowerCase(), authority, target: rest.startsWith('/') ? rest : `/${rest}` };
}

/** HTTP/0.9 has no version and no headers; HTTP/2 begins with another preface. */
function versionFault({ httpVersion }: IncomingMessage): MessageFault | undefined {
  if (httpVersion === '1.1' || httpVersion === '1.0') return undefined;
  if (httpVersion === '0.9') return badRequest('the request line has no HTTP version');
  return { status: 505, title: 'HTTP Version Not Supported', detail: 'this server speaks HTTP/1.1' };
}

/**
 * Exactly one (RFC 9112, section 3.2). API Gateway finds an API by it, so HTTP/1.0 needs one here too. Other names than those of the certificate
 * are rejected, so that a page of another site cannot reach an API by its own name.
 */
function hostFault(request: IncomingMessage, { isServed, names }: ServedNames): MessageFault | undefined {
  const host = hostOfRequest(request);
  if ('detail' in host) return badRequest(host.detail);
  if (isServed || LOCAL_NAMES.includes(host.name)) return undefined;
  return misdirected(`this server is ${['localhost', ...names].join(', ')}`);
}

function targetFault({ method, url = '', headers }: IncomingMessage): MessageFault | undefined {
  if (ORIGIN_FORM.test(url)) return undefined;
  if (url === '*' && method === 'OPTIONS') return undefined;
  const absolute = absoluteForm(url);
  if (absolute === undefined || !ORIGIN_FORM.test(absolute.target)) {
    return badRequest('the request target is not a path with a query');
  }
  if (absolute.authority.toLowerCase() !== headers.host?.toLowerCase()) {
    return badRequest('the request target and the Host header name two hosts');
  }
  return absolute.scheme === 'https' ? undefined : misdirected('this server has https URLs only');
}

/** Node decodes chunks and nothing else; without chunks at last, nobody knows where the body ends (RFC 9112, section 6). */
function encodingFault({ headers, httpVersion }: IncomingMessage): MessageFault | undefined {
  const codings = headers['transfer-encoding']?.toLowerCase();
  if (codings === undefined) return undefined;
  if (httpVersion === '1.0') return badRequest('HTTP/1.0 has no Transfer-Encoding');
  if (codings === 'chunked') return undefined;
  if (!/^(?:[\w-]+ *, *)+chunked$/.test(codings)) return badRequest('the transfer coding is not chunked');
  return { status: 501, title: 'Not Implemented', detail: 'the only transfer coding is chunked' };
}

function badRequest(detail: string): MessageFault {
  return { status: 400, title: 'Bad Request', detail };
}

/** RFC 9110, section 7.4: a request for another origin must be rejected. */
function misdirected(detail: string): MessageFault {
  return { status: 421, title: 'Misdirected Request', detail };
}
