import { randomUUID } from 'node:crypto';
import { checkFileName } from '../runtime/index.ts';
import { checkAttachmentLimit } from './attachmentLimit.ts';
import { addAttachment } from './data/attachments.ts';
import { presign } from './data/bucket.ts';
import { store } from './data/store.ts';
import { ATTACHMENT_TYPES, type Attachment, PRESIGNED_SECONDS } from './logic/attachment.ts';
import { secure } from './secure.ts';

export const handler = secure('presignAttachment', async ({ path, body }) => {
  const { table, bucket } = store();
  const { type, size, sha256 } = body;
  const { name } = checkFileName(body.name, type, { types: ATTACHMENT_TYPES, pointer: '/name' });
  await checkAttachmentLimit(table, path.id);
  const now = new Date();
  const attachment: Attachment = {
    id: randomUUID(),
    documentId: path.id,
    name,
    type,
    size,
    sha256,
    state: 'awaiting',
    createdAt: now.toISOString(),
  };
  await addAttachment(table, attachment);
  const expiresAt = new Date(now.getTime() + PRESIGNED_SECONDS * 1000).toISOString();
  return {
    status: 200,
    body: { id: attachment.id, expiresAt, ...presign(bucket(), attachment, now, PRESIGNED_SECONDS) },
  };
});
