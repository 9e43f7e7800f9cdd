import { DeleteCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Attachment, AttachmentState } from '../logic/attachment.ts';
import { conditionalWrite, type Table } from './client.ts';
import { documentKey } from './items.ts';
import { documentsTable } from './table.ts';

const { partitionKey, sortKey } = documentsTable;
const PREFIX = 'attachment#';

/** Adds an attachment to its document. */
export async function addAttachment({ client, name }: Table, attachment: Attachment): Promise<void> {
  await client.send(new PutCommand({ TableName: name, Item: { ...keyOf(attachment), ...attachment } }));
}

/** The attachments of a document, oldest first; few enough for one response of DynamoDB. */
export async function findAttachments({ client, name }: Table, documentId: string): Promise<readonly Attachment[]> {
  const { Items } = await client.send(
    new QueryCommand({
      TableName: name,
      KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
      ExpressionAttributeNames: { '#pk': partitionKey, '#sk': sortKey },
      ExpressionAttributeValues: { ':pk': documentKey(documentId)[partitionKey], ':prefix': PREFIX },
      ConsistentRead: true,
    }),
  );
  return (Items ?? []).map(attachmentOf);
}

/** Updates the state of an attachment, unless it was removed meanwhile. */
export async function updateState(
  { client, name }: Table,
  attachment: Attachment,
  state: AttachmentState,
): Promise<void> {
  const change = new UpdateCommand({
    TableName: name,
    Key: keyOf(attachment),
    UpdateExpression: 'SET #state = :state',
    ConditionExpression: `attribute_exists(${partitionKey})`,
    ExpressionAttributeNames: { '#state': 'state' },
    ExpressionAttributeValues: { ':state': state },
  });
  await conditionalWrite(client.send(change));
}

/** Removes an attachment from its document. */
export async function removeAttachment({ client, name }: Table, attachment: Attachment): Promise<void> {
  await client.send(new DeleteCommand({ TableName: name, Key: keyOf(attachment) }));
}

function keyOf({ documentId, createdAt, id }: Attachment) {
  return { [partitionKey]: documentKey(documentId)[partitionKey], [sortKey]: `${PREFIX}${createdAt}#${id}` };
}

function attachmentOf(item: Readonly<Record<string, unknown>>): Attachment {
  const { id, documentId, name, type, size, sha256, state, createdAt } = item as unknown as Attachment;
  return { id, documentId, name, type, size, sha256, state, createdAt };
}
