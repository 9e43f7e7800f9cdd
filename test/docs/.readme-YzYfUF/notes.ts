import { defineApi, defineRoles, get, object, post } from '../../../lib/index.ts';
import { Type } from 'typebox';

const Note = object({ text: Type.String({ minLength: 1, maxLength: 500 }) });

export const notes = defineApi({
  name: 'notes',
  version: '1.0.0',
  roles: defineRoles(
    { reader: { can: ['note:read'] }, writer: { extends: ['reader'], can: ['note:write'] } },
    { reviewed: '2026-11-01', reviewEveryDays: 90 },
  ),
  tiers: { free: { rate: 10, burst: 20, quota: { requests: 10_000, per: 'DAY' } } },
  routes: {
    listNotes: get('/notes', {
      permission: 'note:read',
      responses: { 200: { description: 'The notes', body: Type.Array(Note, { maxItems: 100 }) } },
    }),
    addNote: post('/notes', {
      permission: 'note:write',
      body: Note,
      responses: { 201: { description: 'The note', body: Note } },
    }),
  },
});
