/** Media types of attachments. */
export const ATTACHMENT_MEDIA = ['image/png', 'image/jpeg', 'application/pdf'] as const;

export type AttachmentType = (typeof ATTACHMENT_MEDIA)[number];

/** Media types of attachments that the API takes itself, with the endings of their names: those that it can inspect. */
export const IMAGE_TYPES = { 'image/png': ['.png'], 'image/jpeg': ['.jpg', '.jpeg'] } as const;

/** Media types of attachments, with the endings of their names. A PDF goes directly to the bucket, and waits there for a scan. */
export const ATTACHMENT_TYPES = {
  ...IMAGE_TYPES,
  'application/pdf': ['.pdf'],
} as const satisfies Readonly<Record<AttachmentType, readonly string[]>>;

/** Attachments of one document; few enough to be listed without pages. */
export const MAX_ATTACHMENTS = 50;

/** Bytes of a file that is sent through the API; Lambda accepts little more. */
export const MAX_DIRECT_BYTES = 4_500_000;

/** Bytes of a file that goes to the bucket by a presigned POST: 100 MiB. */
export const MAX_PRESIGNED_BYTES = 104_857_600;

/** How long a client can start an upload; short, because anyone with the form can use it. */
export const PRESIGNED_SECONDS = 300;
/** How long an upload can take once it has started. */
const GRACE_SECONDS = 3_600;
/** How long a client can start a download; anyone with the address can. */
export const DOWNLOAD_SECONDS = 60;

/**
 * The state of a file. Nobody can read it before it is released.
 *
 * - `awaiting`: announced, not uploaded yet.
 * - `quarantined`: uploaded, not scanned yet.
 * - `released`: a scan found no threat.
 * - `rejected`: a scan found a threat or could not read the file; the bytes are removed later.
 */
export type AttachmentState = 'awaiting' | 'quarantined' | 'released' | 'rejected';

/** An attachment as it is stored; its bytes are in the bucket. */
export interface Attachment {
  readonly id: string;
  readonly documentId: string;
  readonly name: string;
  readonly type: AttachmentType;
  readonly size: number;
  /** SHA-256 in base64. */
  readonly sha256: string;
  readonly state: AttachmentState;
  readonly createdAt: string;
}

/** The scan result of a file, `missing` if the bucket does not have it; `undefined` before the scan. */
export type ScanStatus = 'missing' | string | undefined;

/** An attachment as callers see it. */
export function publicAttachment({ id, name, type, size, sha256, state, createdAt }: Attachment) {
  return { id, name, type, size, sha256, state, createdAt };
}

/** Whether the state is final. */
export function isSettled({ state }: Attachment): boolean {
  return state === 'released' || state === 'rejected';
}

/**
 * The state of an attachment for its scan status.
 *
 * @returns undefined if it was announced and never uploaded.
 */
export function stateOf({ state, createdAt }: Attachment, status: ScanStatus, now: Date): AttachmentState | undefined {
  if (status === undefined) return 'quarantined';
  if (status === 'NO_THREATS_FOUND') return 'released';
  if (status !== 'missing' || state !== 'awaiting') return 'rejected';
  return isOverdue(new Date(createdAt), now) ? undefined : 'awaiting';
}

/** Whether an upload that was announced then has ended, in one way or the other. */
export function isOverdue(announced: Date, now: Date): boolean {
  return now.getTime() - announced.getTime() > (PRESIGNED_SECONDS + GRACE_SECONDS) * 1000;
}

/** The prefix of the object keys of all attachments, or of those of a document. */
export function objectPrefix(documentId?: string): string {
  return documentId === undefined ? 'uploads/' : `uploads/${documentId}/`;
}

/** The object key of the bytes. The client chooses no part of it. */
export function objectKey({ documentId, id }: Pick<Attachment, 'documentId' | 'id'>): string {
  return `${objectPrefix(documentId)}${id}`;
}

/** Makes every program save the file instead of showing it (RFC 6266); names beyond ASCII are encoded by RFC 8187. */
export function disposition(name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
