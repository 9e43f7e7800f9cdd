import { DeleteCommand, GetCommand, PutCommand, QueryCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { type Document, type DocumentContent, type DocumentStatus, fullContent } from '../logic/document.ts';
import type { Precondition } from '../logic/etag.ts';
import { conditionalWrite, type Table } from './client.ts';
import { documentItem, documentKey, documentOf, listOf, positionOf, statusList } from './items.ts';
import { documentsTable } from './table.ts';

const { partitionKey, sortKey, indexes } = documentsTable;
const EXISTS = `attribute_exists(${partitionKey})`;

/** One page of a list, newest first. */
export interface DocumentPage {
  readonly items: Document[];
  readonly more: boolean;
}

/** Reads the latest version of a document; undefined if it does not exist. */
export async function findDocument({ client, name }: Table, id: string): Promise<Document | undefined> {
  const { Item } = await client.send(new GetCommand({ TableName: name, Key: documentKey(id), ConsistentRead: true }));
  return Item === undefined ? undefined : documentOf(Item);
}

/** Adds a document; false if its id exists. */
export function addDocument({ client, name }: Table, document: Document): Promise<boolean> {
  const put = new PutCommand({
    TableName: name,
    Item: documentItem(document),
    ConditionExpression: `attribute_not_exists(${partitionKey})`,
  });
  return conditionalWrite(client.send(put));
}

/** Replaces the content of a document if its version matches; each version is replaced once. */
export async function replaceDocument(
  table: Table,
  id: string,
  content: DocumentContent,
  { precondition, now }: { readonly precondition: Precondition; readonly now: string },
): Promise<Document | 'missing' | 'stale'> {
  const before = await findDocument(table, id);
  if (before === undefined) return 'missing';
  if (precondition !== 'any' && !precondition.includes(before.version)) return 'stale';
  const after: Document = { ...before, ...fullContent(content), version: before.version + 1, updatedAt: now };
  const change = new UpdateCommand({
    TableName: table.name,
    Key: documentKey(id),
    UpdateExpression: 'SET title = :title, body = :body, tags = :tags, version = :after, updatedAt = :now',
    ConditionExpression: `${EXISTS} AND version = :before`,
    ExpressionAttributeValues: {
      ':title': after.title,
      ':body': after.body,
      ':tags': after.tags,
      ':after': after.version,
      ':now': now,
      ':before': before.version,
    },
  });
  if (await conditionalWrite(table.client.send(change))) return { ...after, status: before.status };
  // Another request changed or deleted it in between. `*` allows any version, so try again.
  return precondition === 'any' ? replaceDocument(table, id, content, { precondition, now }) : 'stale';
}

/** Publishes a draft. */
export async function publishDocument(
  table: Table,
  id: string,
  now: string,
): Promise<Document | 'missing' | 'published'> {
  const change = new UpdateCommand({
    TableName: table.name,
    Key: documentKey(id),
    UpdateExpression: 'SET #status = :published, #list = :list, updatedAt = :now ADD version :one',
    ConditionExpression: `${EXISTS} AND #status = :draft`,
    ExpressionAttributeNames: { '#status': 'status', '#list': indexes.byStatus.partitionKey },
    ExpressionAttributeValues: {
      ':published': 'published',
      ':draft': 'draft',
      ':list': statusList('published'),
      ':now': now,
      ':one': 1,
    },
    ReturnValues: 'ALL_NEW',
  });
  const sent = table.client.send(change);
  if (await conditionalWrite(sent)) return documentOf((await sent).Attributes ?? {});
  return (await findDocument(table, id)) === undefined ? 'missing' : 'published';
}

/** Deletes a document; false if it does not exist. */
export function deleteDocument({ client, name }: Table, id: string): Promise<boolean> {
  return conditionalWrite(
    client.send(new DeleteCommand({ TableName: name, Key: documentKey(id), ConditionExpression: EXISTS })),
  );
}

/** A page of a list. */
export interface PageRequest {
  readonly limit: number;
  readonly status: DocumentStatus | undefined;
  /** The last document of the previous page. */
  readonly after: { readonly createdAt: string; readonly id: string } | undefined;
}

/** Lists documents, newest first. Each filter has its own index, so that a page is full while there are more. */
export async function listDocuments(
  { client, name }: Table,
  { limit, status, after }: PageRequest,
): Promise<DocumentPage> {
  const { index, partition } = listOf(status);
  const found: Document[] = [];
  let start = after === undefined ? undefined : startKey(status, after);
  do {
    const { Items, LastEvaluatedKey } = await client.send(
      new QueryCommand({
        TableName: name,
        IndexName: index.name,
        KeyConditionExpression: '#list = :list',
        ExpressionAttributeNames: { '#list': index.partitionKey },
        ExpressionAttributeValues: { ':list': partition },
        ExclusiveStartKey: start,
        ScanIndexForward: false,
        // One more than requested shows whether there is another page. A query stops at 1 MB, so the loop repeats it.
        Limit: limit + 1 - found.length,
      }),
    );
    found.push(...(Items ?? []).map(documentOf));
    start = LastEvaluatedKey;
  } while (start !== undefined && found.length <= limit);
  return { items: found.slice(0, limit), more: found.length > limit };
}

function startKey(
  status: DocumentStatus | undefined,
  last: { readonly createdAt: string; readonly id: string },
): Record<string, unknown> {
  const { index, partition } = listOf(status);
  const { [partitionKey]: pk, [sortKey]: sk } = documentKey(last.id);
  return { [partitionKey]: pk, [sortKey]: sk, [index.partitionKey]: partition, [index.sortKey]: positionOf(last) };
}
