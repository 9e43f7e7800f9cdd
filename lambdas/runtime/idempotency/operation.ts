import type { RouteContract } from '../../../lib/definition/bundledTypes.ts';
import type { Caller } from '../../../lib/definition/handlers.ts';
import type { UploadedFile } from '../../../lib/definition/upload.ts';
import { createHash } from '../../shared/nodeCrypto.ts';

/** A request that passed every check, as its handler gets it. */
export interface CheckedRequest {
  readonly headers?: Readonly<Record<string, unknown>>;
  readonly [part: string]: unknown;
}

/**
 * Headers that identify an attempt or its sender, not the operation: a proxy or a library sets them anew with each retry.
 * https://www.w3.org/TR/trace-context/, https://www.w3.org/TR/baggage/
 */
const OF_ATTEMPTS = [
  'baggage',
  'traceparent',
  'tracestate',
  'user-agent',
  'x-amzn-trace-id',
  'x-correlation-id',
  'x-request-id',
];

/** The key in a header: a string of RFC 9651, section 3.3.3, or the same characters without the quotes. */
export function keyIn(header: string): string {
  return header.startsWith('"') ? header.slice(1, -1).replaceAll(/\\(["\\])/g, '$1') : header;
}

/**
 * Identifies an operation: the key of a caller on a route of an API. The table holds no key and no caller in plain text.
 */
export function operationId(api: string, route: string, caller: Caller | undefined, key: string): string {
  return digest([api, route, caller?.id ?? '', key]);
}

/**
 * Distinguishes requests with the same key (draft-ietf-httpapi-idempotency-key-header, section 2.4): everything that a handler
 * gets of a request, whatever the order of names and the media type of the body. The claims of the caller count: what was returned to
 * a user of one tenant is not returned to the same user of another, and a new token with other claims runs nothing twice.
 */
export function fingerprintOf(
  { method, path }: Pick<RouteContract, 'method' | 'path'>,
  { headers = {}, ...parts }: CheckedRequest,
  caller: Caller | undefined,
  files: readonly UploadedFile[] | undefined,
): string {
  const relevant = Object.entries(headers).filter(([name]) => !OF_ATTEMPTS.includes(name));
  // The boundary of a form differs with each attempt, so the files count and not the bytes of the form.
  const sent = files?.map(({ name, type, sha256 }) => [name, type, sha256]);
  return digest([
    method,
    path,
    { ...parts, headers: Object.fromEntries(relevant) },
    caller?.claims ?? null,
    sent ?? null,
  ]);
}

function digest(value: unknown): string {
  return createHash('sha256').update(canonical(value)).digest('base64url');
}

/** JSON with sorted names and without undefined members; bytes as their hash. */
function canonical(value: unknown): string {
  if (value instanceof Uint8Array) return `bytes:${createHash('sha256').update(value).digest('base64url')}`;
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value)
    .filter(([, child]) => child !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, child]) => `${JSON.stringify(name)}:${canonical(child)}`).join(',')}}`;
}
