import { defineApi, defineRoles, get, object, post } from 'secure-api';
import { type Static, Type } from 'typebox';

const text = Type.String({ minLength: 1, maxLength: 500 });

const Note = object({
  id: Type.String({ format: 'uuid', maxLength: 36 }),
  text,
  author: Type.String({ maxLength: 256 }),
  createdAt: Type.String({ format: 'date-time', maxLength: 40 }),
});

/** A note, as clients see it. */
export type Note = Static<typeof Note>;

/** The API: who can do what, how often, and what each request and response contains. */
export const api = defineApi({
  name: 'my-api',
  version: '1.0.0',
  roles: defineRoles(
    { reader: { can: ['note:read'] }, writer: { extends: ['reader'], can: ['note:write'] } },
    { reviewed: '2026-11-01', reviewEveryDays: 90 },
  ),
  tiers: { free: { rate: 10, burst: 20, quota: { requests: 10_000, per: 'DAY' } } },
  routes: {
    health: get('/health', {
      public: 'Uptime monitors have no token.',
      responses: { 200: { description: 'The API works', body: object({ status: Type.Literal('ok') }) } },
    }),
    listNotes: get('/notes', {
      permission: 'note:read',
      responses: { 200: { description: 'The newest notes', body: Type.Array(Note, { maxItems: 100 }) } },
    }),
    addNote: post('/notes', {
      permission: 'note:write',
      body: object({ text }),
      responses: { 201: { description: 'The new note', body: Note } },
    }),
  },
});
