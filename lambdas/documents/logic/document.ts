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

/** The path of a document. */
export function locationOf({ id }: Document): string {
  return `/documents/${id}`;
}
