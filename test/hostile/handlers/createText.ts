import { secure } from '../secure.ts';

export const handler = secure('createText', ({ body }) => ({ status: 200, body: { seen: body } }));
