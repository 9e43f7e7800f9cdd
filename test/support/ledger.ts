import { Type } from 'typebox';
import { defineApi, defineRoles, del, get, object, post, put } from '../../lib/definition/index.ts';

const id = object({ id: Type.String({ maxLength: 20 }) });
const done = { responses: { 200: { description: 'Done', body: object({ ok: Type.Boolean() }) } } } as const;

/** Today, as far as the reviews of these definitions go. */
export const TODAY = new Date('2026-11-10T00:00:00Z');

/** Roles with inheritance, and two duties that one person must not unite. */
const ledgerRoles = defineRoles(
  {
    member: { can: ['entry:read'] },
    clerk: { extends: ['member'], can: ['entry:write'] },
    payer: { can: ['payment:make'], exclusiveWith: ['approver'] },
    approver: { can: ['payment:approve'] },
    treasurer: { extends: ['payer', 'clerk'], can: ['entry:write-any'] },
    auditor: { can: ['entry:read', 'entry:audit'] },
  },
  { reviewed: '2026-11-01', reviewEveryDays: 90 },
);

/** An API that uses everything that access can be made of: permissions, scopes, both, ownership, a default role. */
export const ledger = defineApi(
  {
    name: 'ledger',
    version: '1.0.0',
    roles: ledgerRoles,
    defaultRole: 'member',
    scopes: { 'entries.read': 'Read entries', 'entries.write': 'Write entries', audit: 'Audit the books' },
    tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
    routes: {
      health: get('/health', { public: 'liveness probe', ...done }),
      whoami: get('/whoami', { authenticated: 'callers may see who they are', ...done }),
      listEntries: get('/entries', { permission: 'entry:read', ...done }),
      exportEntries: get('/entries/export', { scopes: ['entries.read'], ...done }),
      audit: get('/entries/audit', { permission: 'entry:audit', scopes: ['entries.read', 'audit'], ...done }),
      addEntry: post('/entries', { permission: 'entry:write', scopes: ['entries.write'], ...done }),
      changeEntry: put('/entries/{id}', {
        permission: 'entry:write',
        ownership: { field: 'createdBy', unless: 'entry:write-any' },
        path: id,
        ...done,
      }),
      dropEntry: del('/entries/{id}', {
        authenticated: 'members drop what they made',
        ownership: 'createdBy',
        path: id,
        ...done,
      }),
      pay: post('/payments', { permission: 'payment:make', ...done }),
      approve: post('/payments/{id}/approval', { permission: 'payment:approve', path: id, ...done }),
    },
  },
  { today: TODAY },
);

/** The other end: one route, which asks for no permission, and a role that gives none. */
export const bare = defineApi(
  {
    name: 'small',
    version: '1.0.0',
    roles: defineRoles({ none: { can: [] } }, { reviewed: '2026-11-01' }),
    scopes: { only: 'Everything' },
    tiers: { free: { rate: 1, burst: 2, quota: { requests: 1000, per: 'DAY' } } },
    routes: { run: get('/run', { scopes: ['only'], responses: { 204: { description: 'Done' } } }) },
  },
  { today: TODAY },
);
