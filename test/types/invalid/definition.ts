import { defineApi, defineRoles, get, post } from '../../../lib/definition/index.ts';
import { notes, roles, tiers } from '../api.ts';

const answer = { 204: { description: 'Up' } };
const base = { name: 'notes', version: '1.0.0', roles, tiers } as const;

defineRoles(
  {
    reader: { can: ['note:read'] },
    // @ts-expect-error a role that does not exist
    writer: { extends: ['raeder'], can: ['note:write'] },
  },
  { reviewed: '2026-11-01' },
);

// @ts-expect-error a permission that no role grants
defineApi({ ...base, routes: { list: get('/notes', { permission: 'note:raed', responses: answer }) } });

defineApi({
  ...base,
  // @ts-expect-error a default tier that does not exist
  defaultTier: 'gold',
  routes: { list: get('/notes', { permission: 'note:read', responses: answer }) },
});

// @ts-expect-error an option that does not exist
get('/notes', { permision: 'note:read', responses: answer });

// @ts-expect-error a path without its slash
get('notes', { permission: 'note:read', responses: answer });

// @ts-expect-error no declared answer
get('/notes', { permission: 'note:read' });

// @ts-expect-error a problem that handlers do not throw
get('/notes', { permission: 'note:read', responses: answer, problems: [418] });

// @ts-expect-error a schema is not a text
get('/notes', { permission: 'note:read', query: 'limit', responses: answer });

// @ts-expect-error a route that does not exist
notes.routes.getNotes;

// @ts-expect-error a review without its date
defineRoles({ reader: { can: ['note:read'] } }, {});

const upload = { field: 'file', maxBytes: 10 } as const;
const kept = { permission: 'note:write', responses: answer } as const;

// @ts-expect-error a media type that nobody judges
post('/notes', { ...kept, upload: { ...upload, types: { 'image/png': ['.png'], 'image/svg+xml': ['.svg'] } } });

// @ts-expect-error an ending of another type
post('/notes', { ...kept, upload: { ...upload, types: { 'image/png': ['.jpg'] } } });

// @ts-expect-error a misspelt member
post('/notes', { ...kept, upload: { ...upload, maxFile: 3, types: { 'image/png': ['.png'] } } });

// @ts-expect-error no limit of its bytes
post('/notes', { ...kept, upload: { field: 'file', types: { 'image/png': ['.png'] } } });
