import { secure } from './secure.ts';

export const handler = secure('health', () => ({ status: 200, body: { status: 'ok' } }));
