import { problem } from '../runtime/index.ts';
import { publishDocument } from './data/documents.ts';
import { store } from './data/store.ts';
import { etagOf } from './logic/etag.ts';
import { secure } from './secure.ts';

export const handler = secure('publishDocument', async ({ path }) => {
  const document = await publishDocument(store().table, path.id, new Date().toISOString());
  if (document === 'missing') throw problem(404, 'There is no such document.');
  if (document === 'published') throw problem(409, 'The document is already published.');
  return { status: 200, body: document, headers: { ETag: etagOf(document) } };
});
