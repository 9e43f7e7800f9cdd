import type { Document, DocumentStatus } from '../logic/document.ts';
import { documentsTable } from './table.ts';

const { partitionKey, sortKey, indexes } = documentsTable;
const LIST = 'documents';

/** The primary key of a document. */
export function documentKey(id: string) {
  return { [partitionKey]: `document#${id}`, [sortKey]: 'document' };
}

/** The partition of the list of a status. */
export function statusList(status: DocumentStatus): string {
  return `${LIST}#${status}`;
}

/** The index and partition that list documents, all or those of a status. */
export function listOf(status: DocumentStatus | undefined) {
  if (status === undefined) return { index: indexes.byCreation, partition: LIST };
  return { index: indexes.byStatus, partition: statusList(status) };
}

/** The position of a document in the lists: by creation time, then by id. */
export function positionOf({ createdAt, id }: { readonly createdAt: string; readonly id: string }): string {
  return `${createdAt}#${id}`;
}

/** A document with its keys. */
export function documentItem(document: Document) {
  return {
    ...documentKey(document.id),
    [indexes.byCreation.partitionKey]: LIST,
    [indexes.byStatus.partitionKey]: statusList(document.status),
    [indexes.byCreation.sortKey]: positionOf(document),
    ...document,
  };
}

/** The document of an item, without its keys. */
export function documentOf(item: Readonly<Record<string, unknown>>): Document {
  const { id, title, body, tags, status, version, createdAt, updatedAt } = item as unknown as Document;
  return { id, title, body, tags, status, version, createdAt, updatedAt };
}
