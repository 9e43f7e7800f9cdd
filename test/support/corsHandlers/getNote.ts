import { secure } from './secure.ts';

export const handler = secure('getNote', ({ path }) => ({
  status: 200,
  body: { text: `note ${path.id}` },
  headers: { ETag: '"1"' },
}));
