import { secure } from '../secure.ts';

export const handler = secure('createItem', ({ body }) => ({ status: 200, body: { seen: body } }));
