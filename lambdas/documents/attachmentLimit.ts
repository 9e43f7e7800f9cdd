import { problem } from '../runtime/index.ts';
import { findAttachments } from './data/attachments.ts';
import type { Table } from './data/client.ts';
import { findDocument } from './data/documents.ts';
import { MAX_ATTACHMENTS } from './logic/attachment.ts';

/**
 * Rejects an attachment of a document that does not exist or has the maximum number of attachments.
 *
 * @throws {HttpProblem} `not-found`, `conflict`.
 */
export async function checkAttachmentLimit(table: Table, documentId: string): Promise<void> {
  if ((await findDocument(table, documentId)) === undefined) throw problem(404, 'There is no such document.');
  if ((await findAttachments(table, documentId)).length < MAX_ATTACHMENTS) return;
  throw problem(409, `The document has ${MAX_ATTACHMENTS} attachments.`);
}
