import { newestNotes } from '../data/notes.ts';
import { secure } from './secure.ts';

export const handler = secure('listNotes', async () => ({ status: 200, body: await newestNotes() }));
