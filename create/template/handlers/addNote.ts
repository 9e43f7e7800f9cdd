import { saveNote } from '../data/notes.ts';
import { newNote } from '../logic/notes.ts';
import { secure } from './secure.ts';

export const handler = secure('addNote', async ({ body, caller, log }) => {
  const note = newNote(body.text, caller.subject, new Date());
  await saveNote(note);
  log.info('note added', { id: note.id });
  return { status: 201, body: note };
});
