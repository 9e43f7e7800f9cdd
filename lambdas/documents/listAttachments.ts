import { problem } from '../runtime/index.ts';
import { refreshAttachment } from './attachmentLifecycle.ts';
import { findAttachments, type StoredAttachment } from './data/attachments.ts';
import { findDocument } from './data/documents.ts';
import { store } from './data/store.ts';
import { publicAttachment } from './logic/attachment.ts';
import { secure } from './secure.ts';

export const handler = secure('listAttachments', async ({ path, log }) => {
  const { table } = store();
  if ((await findDocument(table, path.id)) === undefined) throw problem(404, 'There is no such document.');
  const now = new Date();
  const stored = await findAttachments(table, path.id);
  const refreshed = (attachment: StoredAttachment) =>
    refreshAttachment(store(), attachment, now).catch(() => {
      log.warn('the bucket was not read, so an attachment is listed with its last known state');
      return attachment;
    });
  const current = await Promise.all(stored.map(refreshed));
  return { status: 200, body: { items: current.filter((one) => one !== undefined).map(publicAttachment) } };
});
