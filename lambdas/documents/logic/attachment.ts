/** Media types of attachments. */
export const ATTACHMENT_MEDIA = ['image/png', 'image/jpeg', 'application/pdf'] as const;

export type AttachmentType = (typeof ATTACHMENT_MEDIA)[number];

/** Media types of attachments, with the endings of their names. */
export const ATTACHMENT_TYPES = {
  'image/png': ['.png'],
  'image/jpeg': ['.jpg', '.jpeg'],
  'application/pdf': ['.pdf'],
} as const satisfies Readonly<Record<AttachmentType, readonly string[]>>;

/** Attachments of one document; few enough to be listed without pages. */
export const MAX_ATTACHMENTS = 50;

/** Bytes of a file that comes through the API; Lambda takes little more. */
export const MAX_DIRECT_BYTES = 4_500_000;

/** Bytes of a file that goes to the bucket by a presigned POST: 100 MiB. */
export const MAX_PRESIGNED_BYTES = 104_857_600;

/** For how long an upload may be started; short, because anyone with the form can use it. */
export const PRESIGNED_SECONDS = 300;
/** An upload that was started in time may take this long. */
const GRACE_SECONDS = 3_600;

/**
 * Where a file is on its way. Nobody reads it before it is released.
 *
 * - `awaiting`: it was announced, and has not arrived.
 * - `quarantined`: it has arrived, and no scan has seen it.
 * - `released`: a scan found no threat.
 * - `rejected`: a scan found a threat, or could not look into it; the bytes are removed after a while.
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

/** What the bucket knows of a file: that it is not there, or what a scan said of it; `undefined` before one did. */
export type ScanStatus = 'missing' | string | undefined;

/** An attachment as callers see it. */
export function publicAttachment({ documentId: _, ...shown }: Attachment) {
  return shown;
}

/** Only attachments that a scan will not look at again are settled. */
export function isSettled({ state }: Attachment): boolean {
  return state === 'released' || state === 'rejected';
}

/**
 * The state of an attachment by what the bucket knows of it.
 *
 * @returns undefined for one that was announced and never came.
 */
export function stateOf({ state, createdAt }: Attachment, status: ScanStatus, now: Date): AttachmentState | undefined {
  if (status === undefined) return 'quarantined';
  if (status === 'NO_THREATS_FOUND') return 'released';
  if (status !== 'missing' || state !== 'awaiting') return 'rejected';
  const deadline = Date.parse(createdAt) + (PRESIGNED_SECONDS + GRACE_SECONDS) * 1000;
  return now.getTime() > deadline ? undefined : 'awaiting';
}

/** The key of the bytes. No part of it is the client's. */
export function objectKey({ documentId, id }: Pick<Attachment, 'documentId' | 'id'>): string {
  return `uploads/${documentId}/${id}`;
}

/** Makes every program save the file instead of showing it (RFC 6266); names beyond ASCII as RFC 8187 has them. */
export function disposition(name: string): string {
  const ascii = name.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replaceAll(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
