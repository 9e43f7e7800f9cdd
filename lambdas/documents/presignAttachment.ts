import { checkFileName } from '../runtime/index.ts';
import { reserveAttachment } from './attachmentLifecycle.ts';
import { presign } from './data/bucket.ts';
import { store } from './data/store.ts';
import { ATTACHMENT_TYPES, PRESIGNED_SECONDS } from './logic/attachment.ts';
import { secure } from './secure.ts';

export const handler = secure('presignAttachment', async ({ path, body }) => {
  const { table, bucket } = store();
  const { type, size, sha256 } = body;
  const { name } = checkFileName(body.name, type, { types: ATTACHMENT_TYPES, pointer: '/name' });
  const now = new Date();
  // Opened before a place is taken: what is configured wrong takes none.
  const opened = bucket();
  const attachment = await reserveAttachment(table, { documentId: path.id, name, type, size, sha256 }, now);
  const expiresAt = new Date(now.getTime() + PRESIGNED_SECONDS * 1000).toISOString();
  return {
    status: 200,
    body: { id: attachment.id, expiresAt, ...presign(opened, attachment, now, PRESIGNED_SECONDS) },
  };
});
