import { randomInt } from 'node:crypto';
import {
  DeleteCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandOutput,
  ScanCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { type Attachment, type AttachmentState, MAX_ATTACHMENTS } from '../logic/attachment.ts';
import { conditionalWrite, type Table } from './client.ts';
import { documentKey } from './items.ts';
import { documentsTable } from './table.ts';

const { partitionKey, sortKey } = documentsTable;
const PREFIX = 'attachment#';
/** The attachment at a key is this one: its place may have been given to another. */
const IS_SAME = '#id = :id';

/** An attachment in the table. */
export interface StoredAttachment extends Attachment {
  /** Sort key: one of the places of the document. */
  readonly place: string;
}

/**
 * Adds an attachment in a free place of its document. The places are the limit: each is a key that is written once, so that
 * no number of concurrent requests exceeds them, and a failure leaves no counter that differs from the list.
 *
 * @returns undefined if no place is free.
 */
export async function addAttachment(table: Table, attachment: Attachment): Promise<StoredAttachment | undefined> {
  const stored = await findAttachments(table, attachment.documentId);
  for (const place of freePlaces(stored.map((other) => other.place))) {
    if (await putInto(table, { ...attachment, place })) return { ...attachment, place };
  }
  return undefined;
}

/** The attachments of a document, oldest first. */
export async function findAttachments({ client, name }: Table, documentId: string): Promise<StoredAttachment[]> {
  const found: StoredAttachment[] = [];
  let start: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const { Items, LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        KeyConditionExpression: '#pk = :pk AND begins_with(#sk, :prefix)',
        ExpressionAttributeNames: { '#pk': partitionKey, '#sk': sortKey },
        ExpressionAttributeValues: { ':pk': documentKey(documentId)[partitionKey], ':prefix': PREFIX },
        ConsistentRead: true,
        ExclusiveStartKey: start,
      }),
    );
    found.push(...(Items ?? []).map(attachmentOf));
    start = LastEvaluatedKey;
  } while (start !== undefined);
  const position = ({ createdAt, id }: Attachment) => `${createdAt}#${id}`;
  return found.sort((a, b) => (position(a) < position(b) ? -1 : 1));
}

/** The attachment of a document that has this id. */
export async function findAttachment(
  table: Table,
  documentId: string,
  id: string,
): Promise<StoredAttachment | undefined> {
  return (await findAttachments(table, documentId)).find((attachment) => attachment.id === id);
}

/** Every attachment of every document, a page at a time; what was written in the last moments can be missing or old. */
export async function* scanAttachments({ client, name }: Table): AsyncGenerator<readonly StoredAttachment[]> {
  let start: QueryCommandOutput['LastEvaluatedKey'];
  do {
    const { Items, LastEvaluatedKey } = await client.send(
      new ScanCommand({
        TableName: name,
        FilterExpression: 'begins_with(#sk, :prefix)',
        ExpressionAttributeNames: { '#sk': sortKey },
        ExpressionAttributeValues: { ':prefix': PREFIX },
        ExclusiveStartKey: start,
      }),
    );
    yield (Items ?? []).map(attachmentOf);
    start = LastEvaluatedKey;
  } while (start !== undefined);
}

/** Updates the state of an attachment; false if it was removed meanwhile. */
export function updateState(
  { client, name }: Table,
  attachment: StoredAttachment,
  state: AttachmentState,
): Promise<boolean> {
  const change = new UpdateCommand({
    TableName: name,
    Key: keyOf(attachment),
    UpdateExpression: 'SET #state = :state',
    ConditionExpression: IS_SAME,
    ExpressionAttributeNames: { '#state': 'state', '#id': 'id' },
    ExpressionAttributeValues: { ':state': state, ':id': attachment.id },
  });
  return conditionalWrite(client.send(change));
}

/** Removes an attachment from its document, which frees its place; false if it was removed before. */
export function removeAttachment({ client, name }: Table, attachment: StoredAttachment): Promise<boolean> {
  const removal = new DeleteCommand({
    TableName: name,
    Key: keyOf(attachment),
    ConditionExpression: IS_SAME,
    ExpressionAttributeNames: { '#id': 'id' },
    ExpressionAttributeValues: { ':id': attachment.id },
  });
  return conditionalWrite(client.send(removal));
}

function putInto({ client, name }: Table, stored: StoredAttachment): Promise<boolean> {
  const { place: _, ...attachment } = stored;
  const put = new PutCommand({
    TableName: name,
    Item: { ...keyOf(stored), ...attachment },
    ConditionExpression: `attribute_not_exists(${partitionKey})`,
  });
  return conditionalWrite(client.send(put));
}

/** The free places in random order, so that concurrent requests rarely meet in one. */
function freePlaces(taken: readonly string[]): readonly string[] {
  const places = Array.from({ length: MAX_ATTACHMENTS }, (_, i) => `${PREFIX}${String(i).padStart(2, '0')}`);
  return places
    .filter((place) => !taken.includes(place))
    .map((place) => [randomInt(2 ** 32), place] as const)
    .sort(([a], [b]) => a - b)
    .map(([, place]) => place);
}

function keyOf({ documentId, place }: StoredAttachment) {
  return { [partitionKey]: documentKey(documentId)[partitionKey], [sortKey]: place };
}

function attachmentOf(item: Readonly<Record<string, unknown>>): StoredAttachment {
  const { id, documentId, name, type, size, sha256, state, createdAt } = item as unknown as Attachment;
  return { id, documentId, name, type, size, sha256, state, createdAt, place: String(item[sortKey]) };
}
