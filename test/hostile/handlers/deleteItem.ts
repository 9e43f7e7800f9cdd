import { secure } from '../secure.ts';

export const handler = secure('deleteItem', () => ({ status: 204 }));
