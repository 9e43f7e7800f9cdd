/** Every option that is inside another one, misspelt. */
import { defineApi, defineRoles, get, post } from '../../../lib/definition/index.ts';
import { roles, tiers } from '../api.ts';

const responses = { 204: { description: 'Up' } } as const;
const kept = { permission: 'note:write', responses } as const;
const rate = { rate: 1, burst: 1 } as const;
const exact = { requests: 1, perSeconds: 1 } as const;
const quota = { requests: 1, per: 'DAY' } as const;
const routes = { list: get('/notes', { ...kept, permission: 'note:read' }) };
const base = { name: 'notes', version: '1.0.0', roles, tiers, routes } as const;
const upload = { field: 'file', maxBytes: 10, types: { 'image/png': ['.png'] } } as const;

// @ts-expect-error responses: the body
get('/notes', { ...kept, responses: { 200: { description: 'Up', boddy: {} } } });
// @ts-expect-error responses: the headers
get('/notes', { ...kept, responses: { 200: { description: 'Up', haeders: {} } } });
// @ts-expect-error responses: the description
get('/notes', { ...kept, responses: { 200: { descripton: 'Up' } } });
// @ts-expect-error limits: the rate
get('/notes', { ...kept, limits: { free: { ...rate, raet: 1 } } });
// @ts-expect-error limits: the burst
get('/notes', { ...kept, limits: { free: { ...rate, brust: 1 } } });
// @ts-expect-error limits: the exact limit
get('/notes', { ...kept, limits: { free: { ...rate, exakt: true } } });
// @ts-expect-error limits: a member of the exact limit
get('/notes', { ...kept, limits: { free: { ...rate, exact: { ...exact, onUnavailble: 'reject' } } } });
// @ts-expect-error limits: a tier that does not exist
defineApi({ ...base, routes: { list: get('/notes', { ...kept, permission: 'note:read', limits: { fre: rate } }) } });
// @ts-expect-error ownership: the field
get('/notes', { ...kept, ownership: { field: 'by', feild: 'by' } });
// @ts-expect-error ownership: the exception
get('/notes', { ...kept, ownership: { field: 'by', unles: 'note:write' } });
// @ts-expect-error deprecated: the sunset
get('/notes', { ...kept, deprecated: { since: '2026-01-01', sunsets: '2027-01-01' } });
// @ts-expect-error deprecated: no date
get('/notes', { ...kept, deprecated: { link: 'https://example.com' } });
// @ts-expect-error deprecated: only a flag
get('/notes', { ...kept, deprecated: true });
// @ts-expect-error flood: the requests
get('/notes', { ...kept, flood: { requests: 10, perSeconds: 60, request: 10 } });
// @ts-expect-error flood: the window
get('/notes', { ...kept, flood: { requests: 10, perSeconds: 60, perSecond: 60 } });
// @ts-expect-error upload: the files
post('/notes', { ...kept, upload: { ...upload, maxFile: 1 } });
// @ts-expect-error upload: the pixels
post('/notes', { ...kept, upload: { ...upload, maxPixel: 1 } });
// @ts-expect-error upload: a type
post('/notes', { ...kept, upload: { ...upload, types: { 'image/png': ['.png'], 'image/pgn': ['.png'] } } });
// @ts-expect-error tiers: the quota
defineApi({ ...base, tiers: { free: { ...rate, quota, qouta: quota } } });
// @ts-expect-error tiers: the requests of the quota
defineApi({ ...base, tiers: { free: { ...rate, quota: { ...quota, request: 1 } } } });
// @ts-expect-error tiers: the period of the quota
defineApi({ ...base, tiers: { free: { ...rate, quota: { ...quota, pre: 'DAY' } } } });
// @ts-expect-error tiers: the clients
defineApi({ ...base, tiers: { free: { ...rate, quota, cleints: ['a'] } } });
// @ts-expect-error tiers: a member of the exact limit
defineApi({ ...base, tiers: { free: { ...rate, quota, exact: { ...exact, leas: 1 } } } });
// @ts-expect-error anonymous: the limit of an address
defineApi({ ...base, anonymous: { ...rate, perAdress: 10 } });
// @ts-expect-error anonymous: a member of the exact limit
defineApi({ ...base, anonymous: { ...rate, exact: { ...exact, delayMS: 1 } } });
// @ts-expect-error input: a limit
defineApi({ ...base, input: { maxBodyByte: 10 } });
// @ts-expect-error input: the policy
defineApi({ ...base, input: { unicod: 'reject' } });
// @ts-expect-error the review: the period
defineRoles({ reader: { can: ['note:read'] } }, { reviewed: '2026-11-01', reviewEvryDays: 9 });
// @ts-expect-error the roles: the parents
defineRoles({ reader: { can: ['note:read'], extend: [] } }, { reviewed: '2026-11-01' });
// @ts-expect-error the options of defineApi
defineApi(base, { toady: new Date() });
