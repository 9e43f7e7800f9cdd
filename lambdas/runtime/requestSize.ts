import type { RouteContract } from '../../lib/definition/bundledTypes.ts';
import type { ProxyEvent } from './event.ts';
import { HttpProblem } from './problem.ts';

/** `: ` and the line break of a header field on the wire (RFC 9112, section 5). */
const FIELD_BYTES = 4;

/**
 * Rejects requests whose URL or headers are larger than the route allows, before anything else is read.
 *
 * @throws {HttpProblem} `uri-too-long`, `headers-too-large`
 */
export function checkRequestSize(event: ProxyEvent, { input }: RouteContract): void {
  if (urlBytes(event) > input.maxUrlBytes) {
    throw new HttpProblem('uri-too-long', `Path and query have more than ${input.maxUrlBytes} bytes.`);
  }
  if (headerBytes(event) > input.maxHeaderBytes) {
    throw new HttpProblem('headers-too-large', `The headers have more than ${input.maxHeaderBytes} bytes.`);
  }
}

/** The path as sent, and the query as the gateway decoded it, with its separators. */
function urlBytes(event: ProxyEvent): number {
  const path = event.path ?? [event.resource, ...Object.values(event.pathParameters ?? {})].join('');
  const query = pairsOf(event.multiValueQueryStringParameters, event.queryStringParameters);
  return query.reduce((total, [name, value]) => total + bytes(name) + bytes(value) + 2, bytes(path));
}

function headerBytes(event: ProxyEvent): number {
  const headers = pairsOf(event.multiValueHeaders, event.headers);
  return headers.reduce((total, [name, value]) => total + bytes(name) + bytes(value) + FIELD_BYTES, 0);
}

function bytes(text: string): number {
  return Buffer.byteLength(text);
}

function pairsOf(
  many: ProxyEvent['multiValueHeaders'],
  single: ProxyEvent['headers'],
): readonly (readonly [string, string])[] {
  const entries = Object.entries(many ?? {});
  if (entries.length > 0)
    return entries.flatMap(([name, values]) => (values ?? []).map((value) => [name, value] as const));
  return Object.entries(single ?? {}).map(([name, value]) => [name, value ?? ''] as const);
}
