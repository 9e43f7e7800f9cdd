import type { RouteContract } from '../../lib/definition/bundledTypes.ts';
import type { ProxyEvent } from './event.ts';
import { HttpProblem } from './problem.ts';

/** `: ` and the line break of a header field on the wire (RFC 9112, section 5). */
const FIELD_BYTES = 4;
/** `=`, and `?` or `&`. */
const SEPARATORS = 2;
/** Most bytes of a UTF-16 unit in UTF-8. */
const MOST_BYTES_PER_UNIT = 3;

/**
 * Rejects requests whose URL or headers are larger than the route allows, before anything else is read.
 *
 * @throws {HttpProblem} `uri-too-long`, `headers-too-large`
 */
export function checkRequestSize(event: ProxyEvent, { input }: RouteContract): void {
  if (!fits(event, urlSize, input.maxUrlBytes)) {
    throw new HttpProblem('uri-too-long', `Path and query have more than ${input.maxUrlBytes} bytes.`);
  }
  if (!fits(event, headersSize, input.maxHeaderBytes)) {
    throw new HttpProblem('headers-too-large', `The headers have more than ${input.maxHeaderBytes} bytes.`);
  }
}

type Bytes = (text: string) => number;

/** Whether a part of a request is small enough: almost every one is, even if each of its characters were the largest. */
function fits(event: ProxyEvent, sizeOf: (event: ProxyEvent, bytes: Bytes) => number, limit: number): boolean {
  return sizeOf(event, mostBytes) <= limit || sizeOf(event, exactBytes) <= limit;
}

function mostBytes(text: string): number {
  return text.length * MOST_BYTES_PER_UNIT;
}

function exactBytes(text: string): number {
  return Buffer.byteLength(text);
}

/** The path as sent, and the query as the gateway decoded it, with its separators. */
function urlSize(event: ProxyEvent, bytes: Bytes): number {
  const path = event.path ?? [event.resource, ...Object.values(event.pathParameters ?? {})].join('');
  const { multiValueQueryStringParameters, queryStringParameters } = event;
  return bytes(path) + pairsSize(multiValueQueryStringParameters, queryStringParameters, SEPARATORS, bytes);
}

function headersSize({ multiValueHeaders, headers }: ProxyEvent, bytes: Bytes): number {
  return pairsSize(multiValueHeaders, headers, FIELD_BYTES, bytes);
}

/** @param between bytes between names and values, for each pair. */
function pairsSize(
  many: ProxyEvent['multiValueHeaders'],
  single: ProxyEvent['headers'],
  between: number,
  bytes: Bytes,
): number {
  let size = 0;
  const names = Object.keys(many ?? {});
  for (const name of names) for (const value of many?.[name] ?? []) size += bytes(name) + bytes(value) + between;
  if (names.length > 0) return size;
  for (const name of Object.keys(single ?? {})) size += bytes(name) + bytes(single?.[name] ?? '') + between;
  return size;
}
