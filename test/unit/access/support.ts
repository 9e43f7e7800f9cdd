import { Type } from 'typebox';
import { type Api, defineApi, defineRoles, get, object, post, put } from '../../../lib/definition/index.ts';
import { TODAY } from '../../support/ledger.ts';

/** Epoch seconds of the decisions. */
export const AT = 1_800_000_000;

const id = object({ id: Type.String({ maxLength: 9 }) });
const ok = { responses: { 200: { description: 'Fine' } } } as const;

/** Literal paths that overlap with parameters. */
export const overlapping = defineApi(
  {
    name: 'overlapping',
    version: '1.0.0',
    roles: defineRoles({ user: { can: ['thing:read', 'thing:unused'] } }, { reviewed: '2026-11-01' }),
    tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
    routes: {
      one: get('/things/{id}', { permission: 'thing:read', path: id, ...ok }),
      parts: get('/things/{id}/parts', { permission: 'thing:read', path: id, ...ok }),
      search: post('/things/search', { public: 'a reason | with <bars>', ...ok }),
      searchParts: get('/things/search/parts', {
        permission: 'thing:read',
        limits: { free: { rate: 1, burst: 1 } },
        ...ok,
      }),
    },
  },
  { today: TODAY },
);

/** Public, authenticated and scoped routes, and one with an ownership rule. */
export const notes = defineApi(
  {
    name: 'notes',
    version: '1.0.0',
    scopes: { read: 'Reads notes', write: 'Writes notes' },
    roles: defineRoles(
      { reader: { can: ['note:read'] }, writer: { extends: ['reader'], can: ['note:write', 'note:any'] } },
      { reviewed: '2026-11-01' },
    ),
    tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
    routes: {
      health: get('/health', { public: 'monitors have no token', ...ok }),
      whoami: get('/whoami', { authenticated: 'it returns only data of the caller', ...ok }),
      read: get('/notes/{id}', { permission: 'note:read', scopes: ['read'], path: id, ...ok }),
      write: put('/notes/{id}', {
        permission: 'note:read',
        scopes: ['read', 'write'],
        ownership: { field: 'createdBy', unless: 'note:any' },
        path: id,
        ...ok,
      }),
    },
  },
  { today: TODAY },
) as unknown as Api;
