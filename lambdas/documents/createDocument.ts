import { randomUUID } from 'node:crypto';
import { problem } from '../runtime/index.ts';
import type { Table } from './data/client.ts';
import { addDocument } from './data/documents.ts';
import { claimKey, completeKey } from './data/idempotency.ts';
import { store } from './data/store.ts';
import { type Document, type DocumentContent, draft, locationOf } from './logic/document.ts';
import { etagOf } from './logic/etag.ts';
import { fingerprint, IDEMPOTENCY_SECONDS, idempotencyId } from './logic/idempotency.ts';
import { secure } from './secure.ts';

export const handler = secure('createDocument', async ({ body, headers, caller }) => {
  const { table } = store();
  const key = headers['idempotency-key'];
  const document =
    key === undefined ? await add(table, body) : await addOnce(table, body, idempotencyId(caller.id, key));
  return { status: 201, body: document, headers: { Location: locationOf(document), ETag: etagOf(document) } };
});

async function add(table: Table, content: DocumentContent): Promise<Document> {
  const document = draft(content, randomUUID(), new Date().toISOString());
  if (!(await addDocument(table, document))) throw new Error('a random id was taken');
  return document;
}

/** A repeated request returns the document of the first one, as it was created. */
async function addOnce(table: Table, content: DocumentContent, id: string): Promise<Document> {
  const now = new Date();
  const nowSeconds = Math.floor(now.getTime() / 1000);
  const mine = { fingerprint: fingerprint(content), documentId: randomUUID(), createdAt: now.toISOString() };
  const record = await claimKey(table, id, mine, { nowSeconds, expiresAt: nowSeconds + IDEMPOTENCY_SECONDS });
  if (record.fingerprint !== mine.fingerprint) {
    throw problem(422, 'This Idempotency-Key was used for another document.');
  }
  const document = draft(content, record.documentId, record.createdAt);
  if (!record.done) {
    // False if a concurrent request, or one that failed half-way, has added it.
    await addDocument(table, document);
    await completeKey(table, id);
  }
  return document;
}
