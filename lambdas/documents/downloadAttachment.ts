import { problem } from '../runtime/index.ts';
import { currentState } from './attachmentLifecycle.ts';
import { findAttachment } from './data/attachments.ts';
import { presignDownload } from './data/bucket.ts';
import { findDocument } from './data/documents.ts';
import { store } from './data/store.ts';
import { DOWNLOAD_SECONDS } from './logic/attachment.ts';
import { secure } from './secure.ts';

export const handler = secure('downloadAttachment', async ({ path }) => {
  const { table, bucket } = store();
  const [document, attachment] = await Promise.all([
    findDocument(table, path.id),
    findAttachment(table, path.id, path.attachmentId),
  ]);
  const now = new Date();
  const state = document && attachment && (await currentState(store(), attachment, now));
  if (attachment === undefined || state === undefined) throw problem(404, 'There is no such attachment.');
  // The bucket checks it again for each request: its policy denies what has no tag of a clean scan.
  if (state !== 'released') throw problem(409, `The attachment is ${state}, not released.`);
  const url = await presignDownload(bucket(), attachment, now);
  return { status: 200, body: { url, expiresAt: new Date(now.getTime() + DOWNLOAD_SECONDS * 1000).toISOString() } };
});
