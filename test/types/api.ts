import { Type } from 'typebox';
import { z } from 'zod';
import {
  defineApi,
  defineRoles,
  del,
  get,
  mergePatchOf,
  object,
  patch,
  post,
  withDefault,
} from '../../lib/definition/index.ts';

/** The roles that the cases use. */
export const roles = defineRoles(
  {
    reader: { can: ['note:read'] },
    writer: { extends: ['reader'], can: ['note:write'] },
    auditor: { can: ['note:read'], exclusiveWith: ['writer'] },
  },
  { reviewed: '2026-11-01' },
);

export const tiers = { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } } as const;

export const Tenant = Type.String({ maxLength: 64, pattern: '^[a-z0-9-]+$' });

const Note = object({
  text: Type.String({ maxLength: 100 }),
  title: Type.Optional(Type.String({ maxLength: 100 })),
  stars: withDefault(Type.Integer(), 3),
});

/** The API whose handlers the cases write. */
export const notes = defineApi({
  name: 'notes',
  version: '1.0.0',
  roles,
  tiers,
  scopes: { 'notes.read': 'Read notes', 'notes.write': 'Write notes' },
  defaultRole: 'reader',
  problems: { 'note-locked': { status: 409, title: 'The note is locked' } },
  routes: {
    health: get('/health', { public: 'liveness probe', responses: { 204: { description: 'Up' } } }),
    getNote: get('/notes/{id}', {
      permission: 'note:read',
      path: object({ id: Type.String({ format: 'uuid' }) }),
      query: object({ depth: Type.Optional(Type.Integer({ maximum: 3 })) }),
      responses: {
        200: {
          description: 'The note',
          body: object({ text: Type.String({ maxLength: 100 }) }),
          headers: { ETag: 'Its version' },
        },
      },
      problems: [404],
    }),
    addNote: post('/notes', {
      permission: 'note:write',
      problems: [404, 'note-locked'],
      body: {
        type: 'object',
        properties: { text: { type: 'string', maxLength: 100 }, stars: { type: 'integer' } },
        required: ['text'],
        additionalProperties: false,
      },
      responses: {
        201: { description: 'Added', body: object({ id: Type.String({ format: 'uuid' }) }) },
        202: { description: 'Will be added' },
      },
    }),
    exportNotes: get('/notes', {
      permission: 'note:read',
      scopes: ['notes.read'],
      ownership: { field: 'author', unless: 'note:write' },
      responses: { 204: { description: 'Exported' } },
    }),
    addPhoto: post('/notes/{id}/photo', {
      permission: 'note:write',
      path: object({ id: Type.String({ format: 'uuid' }) }),
      upload: { field: 'photo', maxBytes: 1_000, types: { 'image/png': ['.png'], 'image/jpeg': ['.jpg'] } },
      responses: { 204: { description: 'Kept' } },
    }),
    addPages: post('/notes/{id}/pages', {
      permission: 'note:write',
      path: object({ id: Type.String({ format: 'uuid' }) }),
      upload: { field: 'page', maxBytes: 1_000, maxFiles: 5, types: { 'image/webp': ['.webp'] } },
      responses: { 204: { description: 'Kept' } },
    }),
    importNotes: post('/notes/import', {
      permission: 'note:write',
      upload: {
        field: 'file',
        maxBytes: 1_000,
        types: { 'text/csv': ['.csv'] },
        rows: object({ text: Type.String({ maxLength: 100 }), stars: Type.Optional(Type.Integer()) }),
      },
      responses: { 204: { description: 'Imported' } },
    }),
    importCounts: post('/notes/counts', {
      permission: 'note:write',
      upload: {
        field: 'file',
        maxBytes: 1_000,
        types: { 'text/csv': ['.csv'] },
        rows: z.strictObject({ count: z.int(), unit: z.enum(['note', 'page']).default('note') }),
      },
      responses: { 204: { description: 'Imported' } },
    }),
    downloadNotes: get('/notes/download', {
      permission: 'note:read',
      responses: {
        200: { description: 'The notes', contentType: 'text/csv' },
        203: { description: 'The notes on paper', contentType: 'application/pdf' },
        206: { description: 'Some notes', contentType: 'application/json', body: object({ more: Type.Boolean() }) },
      },
    }),
    changeNote: patch('/notes/{id}', {
      permission: 'note:write',
      path: object({ id: Type.String({ format: 'uuid' }) }),
      body: mergePatchOf(Note),
      bodyType: 'application/merge-patch+json',
      responses: { 204: { description: 'Changed' } },
    }),
    removeNote: del('/notes/{id}', {
      authenticated: 'authors may remove their own notes',
      ownership: 'author',
      path: object({ id: Type.String({ format: 'uuid' }) }),
      responses: { 204: { description: 'Gone' } },
    }),
  },
});
