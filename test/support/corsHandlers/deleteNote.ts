import { secure } from './secure.ts';

export const handler = secure('deleteNote', () => ({ status: 204 }));
