import { randomUUID } from 'node:crypto';
import type { Note } from '../definition.ts';

/** A new note. What your API decides is in functions like this one, which need no AWS and no HTTP in their tests. */
export function newNote(text: string, author: string, now: Date): Note {
  return { id: randomUUID(), text: text.trim(), author, createdAt: now.toISOString() };
}
