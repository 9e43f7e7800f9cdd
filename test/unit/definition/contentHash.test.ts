import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../lib/definition/contentHash.ts';
import { type Api, defineApi, get } from '../../../lib/definition/index.ts';
import { TODAY } from '../../support/ledger.ts';
import { base, can, ok, read, roles, withRoles } from './support.ts';

describe('the content hash', () => {
  const hashOf = (change: Record<string, unknown>) =>
    contentHash(defineApi({ ...base, ...change } as never, { today: TODAY }) as unknown as Api);
  const before = hashOf({});

  it.each([
    ['the order of roles', withRoles({ writer: roles.byName.writer, reader: roles.byName.reader })],
    ['the version', { version: '2.0.0' }],
    ['the date of a review', { roles: { ...roles, reviewed: '2026-11-09', reviewer: 'Ada' } }],
    ['a limit', { tiers: { free: { rate: 99, burst: 20, quota: { requests: 100, per: 'DAY' } } } }],
    ['the name of a route', { routes: { find: get('/notes', read) } }],
    ['the description of a scope', { scopes: { 'notes.read': 'Read all notes' } }],
  ])('is not changed by %s', (_, change) => {
    expect(hashOf(change)).toBe(before);
  });

  it.each([
    ['the name of the API', { name: 'other' }],
    ['another permission of a role', withRoles({ ...roles.byName, reader: { can: ['note:read', 'note:write'] } })],
    ['another inheritance', withRoles({ ...roles.byName, writer: { can: ['note:write'] } })],
    ['an exclusion', withRoles({ ...roles.byName, auditor: { can, exclusiveWith: ['writer'] } })],
    ['a default role', { defaultRole: 'reader' }],
    ['a scope', { scopes: { 'notes.read': 'Read notes', more: 'More' } }],
    ['another permission of a route', { routes: { list: get('/notes', { permission: 'note:write', ...ok }) } }],
    ['scopes of a route', { routes: { list: get('/notes', { ...read, scopes: ['notes.read'] }) } }],
    ['ownership', { routes: { list: get('/notes', { ...read, ownership: 'by' }) } }],
    ['a route that opens', { routes: { list: get('/notes', { public: 'a good reason', ...ok }) } }],
    ['another route', { routes: { list: get('/notes', read), two: get('/two', read) } }],
  ])('is changed by %s', (_, change) => {
    expect(hashOf(change)).not.toBe(before);
  });

  it('is changed by another reason, and by another exception of ownership', () => {
    const open = (reason: string) => hashOf({ routes: { list: get('/notes', { public: reason, ...ok }) } });
    const owned = (ownership: unknown) => hashOf({ routes: { list: get('/notes', { ...read, ownership } as never) } });
    expect(open('a good reason')).not.toBe(open('another reason'));
    expect(owned('by')).not.toBe(owned('of'));
    expect(owned('by')).not.toBe(owned({ field: 'by', unless: 'note:write' }));
  });

  it('starts with the name of its algorithm', () => {
    expect(before).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});
