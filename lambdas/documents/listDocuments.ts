import { problem } from '../runtime/index.ts';
import { listDocuments } from './data/documents.ts';
import { store } from './data/store.ts';
import { openCursor, signCursor } from './logic/pagination.ts';
import { secure } from './secure.ts';

export const handler = secure('listDocuments', async ({ query }) => {
  const { limit, cursor, status } = query;
  const { table, cursorKey } = store();
  const after = cursor === undefined ? undefined : openCursor(cursor, status, await cursorKey());
  if (cursor !== undefined && after === undefined) {
    throw problem('invalid-request', 'The cursor is not one of this list.');
  }
  const { items, more } = await listDocuments(table, { limit, status, after });
  const last = items.at(-1);
  if (!more || last === undefined) return { status: 200, body: { items } };
  const { createdAt, id } = last;
  return { status: 200, body: { items, nextCursor: signCursor({ createdAt, id, status }, await cursorKey()) } };
});
