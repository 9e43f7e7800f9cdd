import { randomUUID } from 'node:crypto';
import { problem } from '../runtime/index.ts';
import { addAttachment, removeAttachment, type StoredAttachment, updateState } from './data/attachments.ts';
import { type Bucket, removeBytes, scanStatus } from './data/bucket.ts';
import type { Table } from './data/client.ts';
import { findDocument } from './data/documents.ts';
import { type Attachment, type AttachmentState, isSettled, MAX_ATTACHMENTS, stateOf } from './logic/attachment.ts';

/** Where attachments are: a row in the table, and bytes in the bucket. */
export interface Stores {
  readonly table: Table;
  bucket(): Bucket;
}

/** What is known of a file before its bytes are stored. */
type AnnouncedFile = Pick<Attachment, 'documentId' | 'name' | 'type' | 'size' | 'sha256'>;

/**
 * Adds an attachment that awaits its bytes, and so takes one of the places of the document. No bytes are stored before: an
 * upload that ends half-way leaves a row, which the list and the sweep remove when it is overdue.
 *
 * @throws {HttpProblem} `not-found` if the document does not exist or was deleted meanwhile; `conflict` if no place is free.
 */
export async function reserveAttachment(table: Table, file: AnnouncedFile, now: Date): Promise<StoredAttachment> {
  const { documentId } = file;
  if ((await findDocument(table, documentId)) === undefined) throw missingDocument();
  const announced: Attachment = { id: randomUUID(), ...file, state: 'awaiting', createdAt: now.toISOString() };
  const stored = await addAttachment(table, announced);
  if (stored === undefined) throw problem(409, `The document has ${MAX_ATTACHMENTS} attachments.`);
  // A deletion removes the document first, and then the attachments that it finds: this one, if the document is still there.
  if ((await findDocument(table, documentId)) !== undefined) return stored;
  await removeAttachment(table, stored);
  throw missingDocument();
}

/**
 * The state of an attachment by what the bucket has of it; undefined if it was announced and never uploaded.
 *
 * @throws {Error} when the bucket cannot be read.
 */
export async function currentState(
  { bucket }: Pick<Stores, 'bucket'>,
  attachment: Attachment,
  now: Date,
): Promise<AttachmentState | undefined> {
  if (isSettled(attachment)) return attachment.state;
  return stateOf(attachment, await scanStatus(bucket(), attachment), now);
}

/** Records the current state of an attachment. One that was never uploaded is removed, and undefined. */
export async function refreshAttachment(
  stores: Stores,
  attachment: StoredAttachment,
  now: Date,
): Promise<StoredAttachment | undefined> {
  const state = await currentState(stores, attachment, now);
  if (state === undefined) {
    await removeAttachment(stores.table, attachment);
    return undefined;
  }
  if (state !== attachment.state) await updateState(stores.table, attachment, state);
  return { ...attachment, state };
}

/** Removes the bytes of an attachment and then its row: after a failure the row shows what is left to remove. */
export async function discardAttachment({ table, bucket }: Stores, attachment: StoredAttachment): Promise<void> {
  await removeBytes(bucket(), attachment);
  await removeAttachment(table, attachment);
}

function missingDocument() {
  return problem(404, 'There is no such document.');
}
