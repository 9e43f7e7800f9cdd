import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../lib/definition/contentHash.ts';
import { exclusivePairs } from '../../../lib/definition/exclusiveRoles.ts';
import {
  type Api,
  DefinitionError,
  defineApi,
  defineRoles,
  get,
  put,
  type RolesInput,
} from '../../../lib/definition/index.ts';
import { lineageOf, permissionsOf } from '../../../lib/definition/roles.ts';
import { ledger, TODAY } from '../../support/ledger.ts';

const ok = { responses: { 200: { description: 'Fine' } } } as const;
const read = { permission: 'note:read', ...ok } as const;
const roles = defineRoles(
  { reader: { can: ['note:read'] }, writer: { extends: ['reader'], can: ['note:write'] } },
  { reviewed: '2026-11-01', reviewEveryDays: 90 },
);
const base = {
  name: 'notes',
  version: '1.0.0',
  roles,
  scopes: { 'notes.read': 'Read notes' },
  tiers: { free: { rate: 10, burst: 20, quota: { requests: 100, per: 'DAY' } } },
  routes: { list: get('/notes', read) },
} as const;

/** Definitions that types would reject, as JavaScript could write them. */
function faultsOf(change: Record<string, unknown>, today = TODAY) {
  try {
    defineApi({ ...base, ...change } as unknown as Parameters<typeof defineApi>[0], { today });
  } catch (error) {
    if (error instanceof DefinitionError) return error.faults.map(({ code, location }) => ({ code, location }));
    throw error;
  }
  return [];
}

const route = (options: object) => ({ routes: { list: put('/notes', { ...ok, ...options } as never) } });
const withRoles = (byName: RolesInput, more: object = {}) => ({ roles: { ...roles, byName }, ...more });
const can = ['note:read'];

describe('a definition whose access cannot be right names the fault', () => {
  it.each([
    ['a scope that is not declared', route({ scopes: ['notes.raed'] }), 'scope-undeclared', 'routes.list.scopes'],
    [
      'a scope where none is declared',
      { ...route({ scopes: ['x'] }), scopes: undefined },
      'scope-undeclared',
      'routes.list.scopes',
    ],
    ['an empty list of scopes', route({ scopes: [] }), 'scope-invalid', 'routes.list.scopes'],
    ['scopes that are no list', route({ scopes: 'notes.read' }), 'scope-invalid', 'routes.list.scopes'],
    ['a scope with a blank', { scopes: { 'notes read': 'Read notes' } }, 'scope-invalid', 'scopes.notes read'],
    ['a scope with a slash', { scopes: { 'notes/read': 'Read notes' } }, 'scope-invalid', 'scopes.notes/read'],
    [
      'a scope of 101 characters',
      { scopes: { ['s'.repeat(101)]: 'Read' } },
      'scope-invalid',
      `scopes.${'s'.repeat(101)}`,
    ],
    ['a scope without a description', { scopes: { read: ' ' } }, 'scope-invalid', 'scopes.read'],
    [
      'a scope with a description of 257 characters',
      { scopes: { read: 'x'.repeat(257) } },
      'scope-invalid',
      'scopes.read',
    ],
    [
      'more scopes than a resource server holds',
      { scopes: Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`s${i}`, 'Read'])) },
      'scope-invalid',
      'scopes',
    ],
    [
      'scopes on a public route',
      route({ scopes: ['notes.read'], public: 'liveness probe' }),
      'route-access-ambiguous',
      'routes.list',
    ],
    ['ownership of nothing', route({ ...read, ownership: '' }), 'ownership-invalid', 'routes.list.ownership'],
    ['ownership by a path', route({ ...read, ownership: 'a.b' }), 'ownership-invalid', 'routes.list.ownership'],
    ['ownership by a number', route({ ...read, ownership: 7 }), 'ownership-invalid', 'routes.list.ownership'],
    ['ownership without its field', route({ ...read, ownership: {} }), 'ownership-invalid', 'routes.list.ownership'],
    [
      'ownership with a misspelling',
      route({ ...read, ownership: { field: 'by', unles: 'note:write' } }),
      'ownership-invalid',
      'routes.list.ownership',
    ],
    [
      'ownership on a public route',
      route({ public: 'liveness probe', ownership: 'by' }),
      'ownership-invalid',
      'routes.list.ownership',
    ],
    [
      'an exception that nobody has',
      route({ ...read, ownership: { field: 'by', unless: 'note:burn' } }),
      'permission-not-granted',
      'routes.list.ownership.unless',
    ],
    ['a default role that does not exist', { defaultRole: 'raeder' }, 'default-role-unknown', 'defaultRole'],
    [
      'a default role that excludes another',
      withRoles({ a: { can }, b: { can, exclusiveWith: ['a'] } }, { defaultRole: 'a' }),
      'default-role-exclusive',
      'defaultRole',
    ],
    [
      'a default role that excludes another by inheritance',
      withRoles({ a: { can, extends: ['c'] }, b: { can, exclusiveWith: ['c'] }, c: { can } }, { defaultRole: 'a' }),
      'default-role-exclusive',
      'defaultRole',
    ],
    [
      'an exclusion of no role',
      withRoles({ a: { can, exclusiveWith: ['x'] } }),
      'role-exclusive-unknown',
      'roles.a.exclusiveWith',
    ],
    [
      'a role that excludes itself',
      withRoles({ a: { can, exclusiveWith: ['a'] } }),
      'role-exclusive-unknown',
      'roles.a.exclusiveWith',
    ],
    [
      'a role that inherits the one it excludes',
      withRoles({ a: { can, extends: ['b'] }, b: { can, exclusiveWith: ['a'] } }),
      'role-exclusive-conflict',
      'roles.a.extends',
    ],
    [
      'a role that inherits both of a pair from afar',
      withRoles({
        a: { can },
        b: { can, exclusiveWith: ['a'] },
        c: { can, extends: ['b'] },
        d: { can, extends: ['a', 'c'] },
      }),
      'role-exclusive-conflict',
      'roles.d.extends',
    ],
    ['a reviewer without a name', { roles: { ...roles, reviewer: ' ' } }, 'review-record-invalid', 'roles.reviewer'],
    [
      'a hash that is none',
      { roles: { ...roles, contentHash: 'sha256:abc' } },
      'review-record-invalid',
      'roles.contentHash',
    ],
  ])('%s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });

  it('but lets scopes stand alone, beside a permission, and ownership on any route with a caller', () => {
    expect(faultsOf(route({ scopes: ['notes.read'] }))).toEqual([]);
    expect(faultsOf(route({ ...read, scopes: ['notes.read'], ownership: 'createdBy' }))).toEqual([]);
    expect(
      faultsOf(route({ authenticated: 'any caller may', ownership: { field: 'by', unless: 'note:write' } })),
    ).toEqual([]);
    expect(faultsOf({ defaultRole: 'reader' })).toEqual([]);
  });
});

describe('a role', () => {
  it('has the shortest way to each role that it inherits', () => {
    const byName = { a: { can: [] }, b: { extends: ['a'], can: [] }, c: { extends: ['b', 'a'], can: [] } };
    expect([...lineageOf(byName, 'c')]).toEqual([
      ['c', ['c']],
      ['b', ['c', 'b']],
      ['a', ['c', 'a']],
    ]);
    expect([...lineageOf(byName, 'x'), ...lineageOf(byName, 'toString')]).toEqual([]);
  });

  it('gives what it inherits, sorted, each once, even from a circle', () => {
    const byName = { a: { extends: ['b'], can: ['z:z', 'a:a'] }, b: { extends: ['a'], can: ['a:a', 'm:m'] } };
    expect(permissionsOf(byName, 'a')).toEqual(['a:a', 'm:m', 'z:z']);
  });

  it('excludes those that inherit what it excludes', () => {
    expect(exclusivePairs(ledger.roles.byName)).toEqual([
      ['payer', 'approver'],
      ['approver', 'treasurer'],
    ]);
  });

  it('excludes each other once, whichever of the two says so', () => {
    const both = { a: { can, exclusiveWith: ['b'] }, b: { can, exclusiveWith: ['a'] }, c: { can } };
    expect(exclusivePairs(both)).toEqual([['a', 'b']]);
    expect(exclusivePairs({ a: { can }, b: { can } })).toEqual([]);
  });
});

describe('a normalized route', () => {
  it('has its scopes each once, and its ownership rule spelt out', () => {
    const api = defineApi(
      {
        ...base,
        routes: {
          list: put('/notes', { ...read, scopes: ['notes.read', 'notes.read'], ownership: 'createdBy' }),
          other: put('/others', { scopes: ['notes.read'], ...ok }),
        },
      },
      { today: TODAY },
    );
    expect(api.routes.list.access).toEqual({ kind: 'permission', permission: 'note:read', scopes: ['notes.read'] });
    expect(api.routes.list.ownership).toEqual({ field: 'createdBy' });
    expect(api.routes.other).toMatchObject({
      access: { kind: 'scopes', scopes: ['notes.read'] },
      ownership: undefined,
    });
    expect(api.exemptions).toEqual([]);
  });
});

describe('the content of a review', () => {
  const hashOf = (change: Record<string, unknown>) =>
    contentHash(defineApi({ ...base, ...change } as never, { today: TODAY }) as unknown as Api);
  const before = hashOf({});

  it.each([
    ['the order of roles', withRoles({ writer: roles.byName.writer, reader: roles.byName.reader })],
    ['the version', { version: '2.0.0' }],
    ['the date of a review', { roles: { ...roles, reviewed: '2026-11-09', reviewer: 'Ada' } }],
    ['a limit', { tiers: { free: { rate: 99, burst: 20, quota: { requests: 100, per: 'DAY' } } } }],
    ['the name of a route', { routes: { find: get('/notes', read) } }],
    ['words for a scope', { scopes: { 'notes.read': 'Read all notes' } }],
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

  it('is a hash with its name', () => {
    expect(before).toMatch(/^sha256:[0-9a-f]{64}$/);
  });
});

describe('a review that was recorded', () => {
  const record = (contentHash: string) => ({
    roles: { ...roles, reviewer: 'Ada', contentHash },
    routes: base.routes,
  });
  const stale = `sha256:${'0'.repeat(64)}`;
  const define = (change: object, today = TODAY) => defineApi({ ...base, ...change } as never, { today });
  const current = contentHash(define({}) as unknown as Api);

  it('holds while the access is what was reviewed', () => {
    expect(define(record(current)).warnings).toEqual([]);
  });

  it('warns once the access is another, and is an error when strict', () => {
    const { warnings } = define(record(stale));
    expect(warnings.map(({ code, found }) => ({ code, found }))).toEqual([{ code: 'review-outdated', found: current }]);
    expect(warnings[0]?.expected).toContain('which Ada reviewed on 2026-11-01');
    expect(() => define({ ...record(stale), strict: true })).toThrow(/review-outdated/);
  });

  it('is due on its day and overdue after it', () => {
    const at = (time: string) => define(record(current), new Date(time)).warnings.map(({ code }) => code);
    expect(at('2027-01-30T00:00:00.000Z')).toEqual([]);
    expect(at('2027-01-30T00:00:00.001Z')).toEqual(['review-overdue']);
  });

  it('that is at fault alone leaves the API with the error, so that it can be reviewed', () => {
    const failing = (change: object) => {
      try {
        define({ strict: true, ...change });
      } catch (error) {
        return (error as DefinitionError).api?.name;
      }
      throw new Error('no error');
    };
    expect(failing(record(stale))).toBe('notes');
    expect(failing({ ...record(stale), version: '1' })).toBeUndefined();
  });
});
