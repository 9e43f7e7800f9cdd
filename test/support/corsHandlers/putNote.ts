import { secure } from './secure.ts';

export const handler = secure('putNote', ({ body }) => ({
  status: 200,
  body,
  headers: { ETag: '"2"', Vary: 'Accept-Language' },
}));
