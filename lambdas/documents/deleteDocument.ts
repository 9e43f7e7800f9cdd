import { problem } from '../runtime/index.ts';
import { discardAttachment, type Stores } from './attachmentLifecycle.ts';
import { findAttachments } from './data/attachments.ts';
import { deleteDocument } from './data/documents.ts';
import { store } from './data/store.ts';
import { secure } from './secure.ts';

export const handler = secure('deleteDocument', async ({ path, log }) => {
  // The document first: from then on no attachment is added, so those that are found now are all.
  const deleted = await deleteDocument(store().table, path.id);
  await discardAll(store(), path.id).catch(() => log.warn('attachments of a deleted document are left to the sweep'));
  if (!deleted) throw problem(404, 'There is no such document.');
  return { status: 204 };
});

/** Removes what it can, also when the document is gone already: a repeated request removes what the first one left. */
async function discardAll(stores: Stores, documentId: string): Promise<void> {
  const attachments = await findAttachments(stores.table, documentId);
  const results = await Promise.allSettled(attachments.map((attachment) => discardAttachment(stores, attachment)));
  if (results.some(({ status }) => status === 'rejected')) throw new Error('an attachment was not removed');
}
