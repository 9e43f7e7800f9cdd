import { secure } from '../secure.ts';

export const handler = secure('readSession', ({ cookies }) => ({ status: 200, body: { seen: cookies } }));
