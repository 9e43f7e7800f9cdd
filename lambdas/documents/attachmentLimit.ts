import { problem } from '../runtime/index.ts';
import { findAttachments } from './data/attachments.ts';
import type { Table } from './data/client.ts';
import { findDocument } from './data/documents.ts';
import { MAX_ATTACHMENTS } from './logic/attachment.ts';

/**
 * Refuses an attachment of a document that is not there, or has as many as it may have.
 *
 * @throws {HttpProblem} `not-found`, `conflict`.
 */
export async function checkAttachmentLimit(table: Table, documentId: string): Promise<void> {
  if ((await findDocument(table, documentId)) === undefined) throw problem(404, 'There is no such document.');
  if ((await findAttachments(table, documentId)).length < MAX_ATTACHMENTS) return;
  throw problem(409, `The document has ${MAX_ATTACHMENTS} attachments.`);
}
