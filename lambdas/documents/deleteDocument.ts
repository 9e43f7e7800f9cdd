import { problem } from '../runtime/index.ts';
import { findAttachments, removeAttachment } from './data/attachments.ts';
import { removeBytes } from './data/bucket.ts';
import { deleteDocument } from './data/documents.ts';
import { type Store, store } from './data/store.ts';
import type { Attachment } from './logic/attachment.ts';
import { secure } from './secure.ts';

export const handler = secure('deleteDocument', async ({ path }) => {
  const { table } = store();
  // Attachments first: if one cannot be removed, the document is still there and can be deleted again.
  const attachments = await findAttachments(table, path.id);
  await Promise.all(attachments.map((attachment) => removed(store(), attachment)));
  if (!(await deleteDocument(table, path.id))) throw problem(404, 'There is no such document.');
  return { status: 204 };
});

async function removed({ table, bucket }: Store, attachment: Attachment): Promise<void> {
  await removeBytes(bucket(), attachment);
  await removeAttachment(table, attachment);
}
