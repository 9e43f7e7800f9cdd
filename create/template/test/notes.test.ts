import assert from 'node:assert/strict';
import { test } from 'node:test';
import { newNote } from '../logic/notes.ts';

test('a new note has its author, its time and no spaces around its text', () => {
  const { id, ...note } = newNote('  Buy milk ', 'ann', new Date('2026-11-01T10:00:00Z'));
  assert.match(id, /^[0-9a-f-]{36}$/);
  assert.deepEqual(note, { text: 'Buy milk', author: 'ann', createdAt: '2026-11-01T10:00:00.000Z' });
});

test('two notes have different ids', () => {
  assert.notEqual(newNote('a', 'ann', new Date()).id, newNote('a', 'ann', new Date()).id);
});
