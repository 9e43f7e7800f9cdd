import { problem } from '../runtime/index.ts';
import { replaceDocument } from './data/documents.ts';
import { store } from './data/store.ts';
import { etagOf, parseIfMatch } from './logic/etag.ts';
import { secure } from './secure.ts';

export const handler = secure('updateDocument', async ({ path, headers, body }) => {
  const ifMatch = headers['if-match'];
  if (ifMatch === undefined) throw problem(428, 'Send If-Match with the ETag of the version that you replace.');
  const precondition = parseIfMatch(ifMatch);
  if (precondition === undefined) throw problem('invalid-request', 'If-Match holds no entity tag, such as "1".');
  const now = new Date().toISOString();
  const document = await replaceDocument(store().table, path.id, body, { precondition, now });
  if (document === 'missing') throw problem(404, 'There is no such document.');
  if (document === 'stale') throw problem(412, 'The document has another version now.');
  return { status: 200, body: document, headers: { ETag: etagOf(document) } };
});
