import { createHash } from 'node:crypto';

export type DocumentStatus = 'draft' | 'published';

/** What a caller sends. */
export interface DocumentContent {
  readonly title: string;
  readonly body?: string;
  readonly tags?: readonly string[];
}

/** A document, as it is stored and returned. Times are ISO 8601 in UTC. */
export interface Document {
  readonly id: string;
  readonly title: string;
  readonly body: string;
  readonly tags: string[];
  readonly status: DocumentStatus;
  /** Grows by one with each change; starts at 1. */
  readonly version: number;
  readonly createdAt: string;
  readonly updatedAt: string;
}

/** A new draft. What the caller left out is empty. */
export function draft(content: DocumentContent, id: string, createdAt: string): Document {
  return { id, ...fullContent(content), status: 'draft', version: 1, createdAt, updatedAt: createdAt };
}

/** The content with nothing left out. */
export function fullContent({ title, body, tags }: DocumentContent) {
  return { title, body: body ?? '', tags: [...(tags ?? [])] };
}

/** The id of the document that a request with an idempotency key creates: always the same UUID (RFC 9562, version 8). */
export function documentIdOf(idempotencyKey: string): string {
  const hex = createHash('sha256').update(idempotencyKey).digest('hex');
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}

/** How long after its creation a document can be that of a repeated request: as long as keys are stored. */
const REPEATED_MS = 86_400_000;

/** Whether a document is what the same request has created before, as it was. */
export function isDraftOf(before: Document, { title, body, tags, createdAt }: Document): boolean {
  const isRecent = Date.parse(createdAt) - Date.parse(before.createdAt) < REPEATED_MS;
  const isSame = before.title === title && before.body === body && before.tags.join() === tags.join();
  return isRecent && isSame && before.version === 1;
}

/** The path of a document. */
export function locationOf({ id }: Document): string {
  return `/documents/${id}`;
}
