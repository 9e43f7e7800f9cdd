import { createHmac, timingSafeEqual } from 'node:crypto';
import type { DocumentStatus } from './document.ts';

/** Documents of a page by default. */
export const DEFAULT_PAGE_SIZE = 20;

/** The most documents of a page. */
export const MAX_PAGE_SIZE = 100;

/** The end of a page, in a list with or without a filter. */
export interface Position {
  readonly createdAt: string;
  readonly id: string;
  /** The filter of the list; a cursor works only for the list it came from. */
  readonly status: DocumentStatus | undefined;
}

/** Bytes of the signature: half of SHA-256 (RFC 2104, section 5, allows no less). */
const MAC_LENGTH = 16;

/** Makes a cursor: signed, so that callers cannot choose a position, and safe in URLs. */
export function signCursor({ createdAt, id, status }: Position, key: Uint8Array): string {
  const payload = Buffer.from(JSON.stringify([createdAt, id, status ?? null]));
  return Buffer.concat([macOf(payload, key), payload]).toString('base64url');
}

/** Reads a cursor of a list; undefined if it was signed with another key or belongs to another list. */
export function openCursor(cursor: string, status: DocumentStatus | undefined, key: Uint8Array): Position | undefined {
  const bytes = Buffer.from(cursor, 'base64url');
  const payload = bytes.subarray(MAC_LENGTH);
  // The last character can carry bits that decoding drops; accept one encoding only.
  if (payload.length === 0 || bytes.toString('base64url') !== cursor) return undefined;
  if (!timingSafeEqual(bytes.subarray(0, MAC_LENGTH), macOf(payload, key))) return undefined;
  const [createdAt, id, filter] = JSON.parse(payload.toString()) as [string, string, DocumentStatus | null];
  return filter === (status ?? null) ? { createdAt, id, status } : undefined;
}

function macOf(payload: Uint8Array, key: Uint8Array): Buffer {
  return createHmac('sha256', key).update(payload).digest().subarray(0, MAC_LENGTH);
}
