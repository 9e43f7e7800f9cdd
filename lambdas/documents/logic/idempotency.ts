import { createHash } from 'node:crypto';
import { type DocumentContent, fullContent } from './document.ts';

/** How long a key is stored, in seconds: a day, longer than any client retries. */
export const IDEMPOTENCY_SECONDS = 86_400;

/** Identifies a key of one caller; the same key of another caller has another id. */
export function idempotencyId(caller: string, key: string): string {
  return hash([caller, key]);
}

/** Distinguishes requests with the same key (draft-ietf-httpapi-idempotency-key-header, section 2.4). */
export function fingerprint(content: DocumentContent): string {
  const { title, body, tags } = fullContent(content);
  return hash([title, body, tags]);
}

function hash(parts: readonly unknown[]): string {
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64url');
}
