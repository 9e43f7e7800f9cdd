import { randomUUID } from 'node:crypto';
import { checkAttachmentLimit } from './attachmentLimit.ts';
import { addAttachment } from './data/attachments.ts';
import { putBytes } from './data/bucket.ts';
import { store } from './data/store.ts';
import { type Attachment, publicAttachment } from './logic/attachment.ts';
import { secure } from './secure.ts';

export const handler = secure('addAttachment', async ({ path, files: [file] }) => {
  const { table, bucket } = store();
  await checkAttachmentLimit(table, path.id);
  const { name, type, bytes, sha256 } = file;
  const attachment: Attachment = {
    id: randomUUID(),
    documentId: path.id,
    name,
    type,
    size: bytes.length,
    sha256,
    state: 'quarantined',
    createdAt: new Date().toISOString(),
  };
  // The bytes first: an attachment that is listed is there.
  await putBytes(bucket(), attachment, bytes);
  await addAttachment(table, attachment);
  return { status: 201, body: publicAttachment(attachment) };
});
