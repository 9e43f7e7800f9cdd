import { defineApi, defineRoles, get, post } from '../../../lib/definition/index.ts';
import { notes, roles, tiers } from '../api.ts';

const response = { 204: { description: 'Up' } };
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
defineApi({ ...base, routes: { list: get('/notes', { permission: 'note:raed', responses: response }) } });

defineApi({
  ...base,
  // @ts-expect-error a default tier that does not exist
  defaultTier: 'gold',
  routes: { list: get('/notes', { permission: 'note:read', responses: response }) },
});

defineRoles(
  {
    reader: { can: ['note:read'] },
    // @ts-expect-error an exclusion of a role that does not exist
    writer: { exclusiveWith: ['raeder'], can: ['note:write'] },
  },
  { reviewed: '2026-11-01' },
);

defineApi({
  ...base,
  // @ts-expect-error a default role that does not exist
  defaultRole: 'raeder',
  routes: { list: get('/notes', { permission: 'note:read', responses: response }) },
});

defineApi({
  ...base,
  scopes: { 'notes.read': 'Read notes' },
  // @ts-expect-error a scope that is not declared
  routes: { list: get('/notes', { scopes: ['notes.raed'], responses: response }) },
});

// @ts-expect-error a scope where none is declared
defineApi({ ...base, routes: { list: get('/notes', { scopes: ['notes.read'], responses: response }) } });

defineApi({
  ...base,
  // @ts-expect-error a description that is no string
  scopes: { read: 7 },
  routes: { list: get('/notes', { permission: 'note:read', responses: response }) },
});

defineApi({
  ...base,
  routes: {
    // @ts-expect-error an exception that no role grants
    list: get('/n', { permission: 'note:read', ownership: { field: 'by', unless: 'note:raed' }, responses: response }),
  },
});

// @ts-expect-error an ownership rule without its field
get('/notes', { permission: 'note:read', ownership: { unless: 'note:write' }, responses: response });

// @ts-expect-error an option that does not exist
get('/notes', { permision: 'note:read', responses: response });

// @ts-expect-error a path without its slash
get('notes', { permission: 'note:read', responses: response });

// @ts-expect-error no declared response
get('/notes', { permission: 'note:read' });

// @ts-expect-error a problem that handlers do not throw
get('/notes', { permission: 'note:read', responses: response, problems: [418] });

// @ts-expect-error a schema that is a string
get('/notes', { permission: 'note:read', query: 'limit', responses: response });

// @ts-expect-error a route that does not exist
notes.routes.getNotes;

// @ts-expect-error a review without its date
defineRoles({ reader: { can: ['note:read'] } }, {});

const upload = { field: 'file', maxBytes: 10 } as const;
const kept = { permission: 'note:write', responses: response } as const;

// @ts-expect-error a media type that cannot be inspected
post('/notes', { ...kept, upload: { ...upload, types: { 'image/png': ['.png'], 'image/svg+xml': ['.svg'] } } });

// @ts-expect-error an extension of another type
post('/notes', { ...kept, upload: { ...upload, types: { 'image/png': ['.jpg'] } } });

// @ts-expect-error a misspelt member
post('/notes', { ...kept, upload: { ...upload, maxFile: 3, types: { 'image/png': ['.png'] } } });

const rows = { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: false } as const;

// @ts-expect-error rows of a file that has none
post('/notes', { ...kept, upload: { ...upload, types: { 'text/csv': ['.csv'], 'image/png': ['.png'] }, rows } });

// @ts-expect-error no limit of its bytes
post('/notes', { ...kept, upload: { field: 'file', types: { 'image/png': ['.png'] } } });

defineRoles(
  {
    // @ts-expect-error a misspelt option of a role
    reader: { can: ['note:read'], exclusivWith: [] },
  },
  { reviewed: '2026-11-01' },
);

defineApi({
  ...base,
  tiers: {
    // @ts-expect-error a misspelt option of a tier
    free: { rate: 1, burst: 1, quota: { requests: 1, per: 'DAY' }, exakt: true },
  },
  routes: { list: get('/notes', { permission: 'note:read', responses: response }) },
});

defineApi({
  ...base,
  // @ts-expect-error a misspelt option of the API
  strickt: true,
  routes: { list: get('/notes', { permission: 'note:read', responses: response }) },
});

defineApi({
  ...notes,
  // @ts-expect-error a status that problems of an API do not have
  problems: { 'note-locked': { status: 401, title: 'Locked' } },
});
defineApi({
  name: 'notes',
  version: '1.0.0',
  roles,
  tiers,
  problems: { 'note-locked': { status: 409, title: 'Locked' } },
  routes: {
    // @ts-expect-error a code that is not declared
    list: get('/notes', {
      permission: 'note:read',
      problems: ['note-lockd'],
      responses: { 204: { description: 'x' } },
    }),
  },
});
