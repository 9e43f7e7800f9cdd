import { secure } from '../secure.ts';

export const handler = secure('readName', ({ path }) => ({ status: 200, body: { seen: path } }));
