import { problem } from '../runtime/index.ts';
import { findDocument } from './data/documents.ts';
import { store } from './data/store.ts';
import { etagOf } from './logic/etag.ts';
import { secure } from './secure.ts';

export const handler = secure('getDocument', async ({ path }) => {
  const document = await findDocument(store().table, path.id);
  if (document === undefined) throw problem(404, 'There is no such document.');
  return { status: 200, body: document, headers: { ETag: etagOf(document) } };
});
