/** Names that do not exist. The reason beside each is what the compiler says of it, in five lines at most. */

import { handlersOf } from '../../../lambdas/runtime/index.ts';
import type { SecureApi } from '../../../lib/construct/index.ts';
import { defineApi, defineRoles, get, object, post } from '../../../lib/definition/index.ts';
import { type notes, roles, Tenant, tiers } from '../api.ts';

const responses = { 204: { description: 'Up' } };
const base = { name: 'notes', version: '1.0.0', roles, tiers, scopes: { 'notes.read': 'Read notes' } } as const;
const review = { reviewed: '2026-11-01' };
const plans = { free: tiers.free, premium: tiers.free } as const;

// @ts-expect-error There is no permission \"note:raed\". Did you mean \"note:read\"?
defineApi({ ...base, routes: { list: get('/notes', { permission: 'note:raed', responses }) } });

defineApi({
  ...base,
  routes: {
    health: get('/health', { public: 'liveness probe', responses }),
    // @ts-expect-error There is no permission \"notes:write\". Did you mean \"note:write\"?
    add: post('/notes', {
      permission: 'notes:write',
      body: {
        type: 'object',
        additionalProperties: false,
        required: ['text'],
        properties: { text: { type: 'string', maxLength: 10 }, stars: { type: 'integer', minimum: 1, maximum: 5 } },
      },
      responses,
      problems: [404],
    }),
  },
});

// @ts-expect-error There is no permission \"invoice:pay\". Declared: note:read, note:write.
defineApi({ ...base, routes: { list: get('/notes', { permission: 'invoice:pay', responses }) } });

const wite = { permission: 'note:read', ownership: { field: 'by', unless: 'note:wite' }, responses } as const;
// @ts-expect-error There is no permission \"note:wite\". Did you mean \"note:write\"?
defineApi({ ...base, routes: { list: get('/n', wite) } });

// @ts-expect-error There is no scope \"notes.reed\". Did you mean \"notes.read\"?
defineApi({ ...base, routes: { list: get('/notes', { scopes: ['notes.reed'], responses }) } });

const premuim = { permission: 'note:read', limits: { premuim: { rate: 1, burst: 1 } }, responses } as const;
// @ts-expect-error There is no tier \"premuim\". Did you mean \"premium\"?
defineApi({ ...base, tiers: plans, routes: { list: get('/n', premuim) } });

// @ts-expect-error Did you mean '"premium"'?
defineApi({ ...base, tiers: plans, defaultTier: 'premuim', routes: {} });

// @ts-expect-error Did you mean '"reader"'?
defineApi({ ...base, defaultRole: 'raeder', routes: {} });

// @ts-expect-error There is no other role \"raeder\". Did you mean \"reader\"?
defineRoles({ reader: { can: ['n:read'] }, writer: { extends: ['raeder'], can: ['n:write'] } }, review);

// @ts-expect-error There is no other role \"writr\". Did you mean \"writer\"?
defineRoles({ writer: { can: ['n:write'] }, auditor: { exclusiveWith: ['writr'], can: ['n:read'] } }, review);

// @ts-expect-error There is no option \"permision\". Did you mean \"permission\"?
get('/notes', { permision: 'note:read', responses });

// @ts-expect-error There is no option \"descripton\". Did you mean \"description\"?
get('/notes', { permission: 'note:read', responses: { 204: { description: 'Up', descripton: 'Up' } } });

const secure = handlersOf<typeof notes>();

// @ts-expect-error There is no route \"getNoet\". Did you mean \"getNote\"?
secure('getNoet', async () => ({ status: 204 }));

// @ts-expect-error There is no route \"addnote\". Did you mean \"addNote\"?
secure('addnote', async ({ body }) => ({ status: 201, body: { id: body.text } }));

declare const api: SecureApi<typeof notes>;

// @ts-expect-error There is no route \"getNotes\". Did you mean \"getNote\"?
api.handler('getNotes');

const claims = { tenant: Tenant } as const;
const path = object({ tenantId: Tenant });

const tenent = { permission: 'note:read', path, where: { 'path.tenantId': 'claims.tenent' }, responses } as const;
// @ts-expect-error There is no claim \"claims.tenent\". Did you mean \"claims.tenant\"?
defineApi({ ...base, claims, routes: { list: get('/tenants/{tenantId}', tenent) } });

const parameter = { 'path.tenant': 'claims.tenant' } as const;
// @ts-expect-error There is no option \"path.tenant\". Did you mean \"path.tenantId\"?
get('/tenants/{tenantId}', { permission: 'note:read', path, where: parameter, responses });

const closed = { permission: 'note:read', responses, problems: ['note-closd'] } as const;
const problems = { 'note-closed': { status: 409, title: 'Closed' } } as const;
// @ts-expect-error There is no problem \"note-closd\". Did you mean \"note-closed\"?
defineApi({ ...base, problems, routes: { list: get('/n', closed) } });
