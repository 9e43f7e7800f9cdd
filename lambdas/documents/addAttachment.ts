import { problem } from '../runtime/index.ts';
import { discardAttachment, reserveAttachment, type Stores } from './attachmentLifecycle.ts';
import { type StoredAttachment, updateState } from './data/attachments.ts';
import { putBytes } from './data/bucket.ts';
import { store } from './data/store.ts';
import { publicAttachment } from './logic/attachment.ts';
import { secure } from './secure.ts';

export const handler = secure('addAttachment', async ({ path, files: [file], log }) => {
  const { name, type, bytes, sha256 } = file;
  const announced = { documentId: path.id, name, type, size: bytes.length, sha256 };
  const attachment = await reserveAttachment(store().table, announced, new Date());
  try {
    await upload(store(), attachment, bytes);
  } catch (error) {
    // Gives the place back. If that fails too, the attachment is overdue after a while, and removed by the list or the sweep.
    await discardAttachment(store(), attachment).catch(() => log.warn('a failed upload is left to the sweep'));
    throw error;
  }
  return { status: 201, body: publicAttachment({ ...attachment, state: 'quarantined' }) };
});

async function upload({ table, bucket }: Stores, attachment: StoredAttachment, bytes: Uint8Array): Promise<void> {
  await putBytes(bucket(), attachment, bytes);
  if (await updateState(table, attachment, 'quarantined')) return;
  throw problem(404, 'The document or the attachment was deleted meanwhile.');
}
