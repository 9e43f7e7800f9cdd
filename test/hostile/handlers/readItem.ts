import { secure } from '../secure.ts';

export const handler = secure('readItem', ({ query, headers, path }) => ({
  status: 200,
  body: { seen: { query, headers, path } },
}));
