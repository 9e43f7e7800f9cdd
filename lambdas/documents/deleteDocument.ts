import { problem } from '../runtime/index.ts';
import { deleteDocument } from './data/documents.ts';
import { store } from './data/store.ts';
import { secure } from './secure.ts';

export const handler = secure('deleteDocument', async ({ path }) => {
  if (!(await deleteDocument(store().table, path.id))) throw problem(404, 'There is no such document.');
  return { status: 204 };
});
