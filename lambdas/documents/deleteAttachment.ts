import { problem } from '../runtime/index.ts';
import { discardAttachment } from './attachmentLifecycle.ts';
import { findAttachment } from './data/attachments.ts';
import { store } from './data/store.ts';
import { secure } from './secure.ts';

/** A form that was given out for it can still be used until it expires; the sweep removes the bytes that come then. */
export const handler = secure('deleteAttachment', async ({ path }) => {
  const attachment = await findAttachment(store().table, path.id, path.attachmentId);
  if (attachment === undefined) throw problem(404, 'There is no such attachment.');
  await discardAttachment(store(), attachment);
  return { status: 204 };
});
