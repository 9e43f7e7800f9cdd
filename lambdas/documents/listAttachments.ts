import { problem } from '../runtime/index.ts';
import { findAttachments, removeAttachment, updateState } from './data/attachments.ts';
import { scanStatus } from './data/bucket.ts';
import { findDocument } from './data/documents.ts';
import { type Store, store } from './data/store.ts';
import { type Attachment, isSettled, publicAttachment, stateOf } from './logic/attachment.ts';
import { secure } from './secure.ts';

export const handler = secure('listAttachments', async ({ path }) => {
  const { table } = store();
  if ((await findDocument(table, path.id)) === undefined) throw problem(404, 'There is no such document.');
  const kept = await findAttachments(table, path.id);
  const current = await Promise.all(kept.map((attachment) => refreshed(store(), attachment)));
  return { status: 200, body: { items: current.filter((one) => one !== undefined).map(publicAttachment) } };
});

/** An attachment with the state that its bytes have by now; undefined for one that was announced and never came. */
async function refreshed({ table, bucket }: Store, attachment: Attachment): Promise<Attachment | undefined> {
  if (isSettled(attachment)) return attachment;
  const state = stateOf(attachment, await scanStatus(bucket(), attachment), new Date());
  if (state === undefined) {
    await removeAttachment(table, attachment);
    return undefined;
  }
  if (state !== attachment.state) await updateState(table, attachment, state);
  return { ...attachment, state };
}
