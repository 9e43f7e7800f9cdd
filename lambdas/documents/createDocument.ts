import { randomUUID } from 'node:crypto';
import type { Table } from './data/client.ts';
import { addDocument, findDocument } from './data/documents.ts';
import { store } from './data/store.ts';
import { type Document, type DocumentContent, documentIdOf, draft, isDraftOf, locationOf } from './logic/document.ts';
import { etagOf } from './logic/etag.ts';
import { secure } from './secure.ts';

export const handler = secure('createDocument', async ({ body, idempotencyKey }) => {
  const { table } = store();
  const document =
    idempotencyKey === undefined ? await add(table, body) : await addOnce(table, body, documentIdOf(idempotencyKey));
  return { status: 201, body: document, headers: { Location: locationOf(document), ETag: etagOf(document) } };
});

async function add(table: Table, content: DocumentContent): Promise<Document> {
  const document = draft(content, randomUUID(), new Date().toISOString());
  if (!(await addDocument(table, document))) throw new Error('a random id was taken');
  return document;
}

/**
 * A function that was killed after it had added the document runs again with the same key, and so with the same id. Keys are
 * forgotten after a day: then the id can be that of an earlier document.
 */
async function addOnce(table: Table, content: DocumentContent, id: string): Promise<Document> {
  const document = draft(content, id, new Date().toISOString());
  if (await addDocument(table, document)) return document;
  const before = await findDocument(table, id);
  return before !== undefined && isDraftOf(before, document) ? before : add(table, content);
}
