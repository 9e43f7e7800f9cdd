import { secure } from './secure.ts';

export const handler = secure('health', async () => ({ status: 200, body: { status: 'ok' } }));
