import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { decide, explainAccess, permissionsIn, whoCan } from '../../../lib/access/index.ts';
import { type Api, defineApi, defineRoles, get, object, put } from '../../../lib/definition/index.ts';

const id = object({ id: Type.String({ maxLength: 9 }) });
const ok = { responses: { 200: { description: 'Fine' } } } as const;
const AT = 1_800_000_000;
const END = '2027-01-15T09:00:00.000Z';
const notes = defineApi(
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
  { today: new Date('2026-11-10') },
) as unknown as Api;

const explain = (route: string, claims: object) => {
  const found = notes.routes[route] ?? expect.fail(`no route ${route}`);
  const { status, steps } = explainAccess(
    notes,
    found,
    { exp: AT + 3_600, ...claims },
    { rolesClaim: 'roles', at: AT },
  );
  return [status, ...steps.slice(1).map(({ result, sentence }) => `${result}: ${sentence}`)];
};

describe('the words for a decision', () => {
  it('of a public route name the reason, and nothing of the token', () => {
    expect(explain('health', { exp: 'never' })).toEqual([
      200,
      'pass: It is public (monitors have no token): it needs no token.',
    ]);
  });

  it('of any caller name the reason', () => {
    expect(explain('whoami', {})).toEqual([
      200,
      `pass: The token is valid until ${END}.`,
      'pass: Any valid token is enough: it returns only data of the caller.',
    ]);
  });

  it('tell each role, the grant and each scope', () => {
    expect(explain('read', { roles: ['reader', 7, 'stranger', 'reader'], scope: ' notes/read  other ' })).toEqual([
      200,
      `pass: The token is valid until ${END}.`,
      expect.stringMatching(/: The token has the role "?reader"?\.$/),
      expect.stringMatching(/: The role "?stranger"? is not in the definition, so it grants nothing\.$/),
      expect.stringMatching(/^pass: The permission note:read is granted by .*reader/),
      'pass: The token has the scope read.',
    ]);
  });

  it('tell what is missing, and who would have it', () => {
    expect(
      explain('write', { roles: {}, scp: ['read', 7], elevated: [{ role: 'writer', until: 'tomorrow' }, null] }),
    ).toEqual([
      403,
      `pass: The token is valid until ${END}.`,
      expect.stringMatching(
        /^fail: No role of the caller grants the permission note:read; .*reader.*writer.* would\.$/,
      ),
      'pass: The token has the scope read.',
      'fail: The token is missing the scope write.',
      expect.stringMatching(/: The handler allows the caller to use only their own resources, by createdBy\.$/),
    ]);
  });

  it('tell whom ownership does not bind', () => {
    const explained = explain('write', { roles: 'writer', scope: 'read write' });
    expect([explained[0], explained.at(-1)]).toEqual([
      200,
      'pass: The permission note:any also allows the caller to use what others own.',
    ]);
    const bound = explain('write', { roles: 'reader', scope: 'read write' });
    expect([bound[0], bound.at(-1)]).toEqual([200, expect.stringMatching(/by createdBy\.$/)]);
  });

  it.each([
    ['the second at which it starts', AT, 200],
    ['the second after', AT + 1, 401],
    ['a time that is none', 'later', 200],
  ])('a token is valid from %s: %s', (_, nbf, status) => {
    expect(explain('whoami', { nbf })[0]).toBe(status);
  });

  it('a temporary role counts until its second', () => {
    const explained = explain('write', { scope: 'read write', elevated: [{ role: 'writer', until: AT + 60 }] });
    expect(explained[0]).toBe(200);
    expect(explained[2]).toMatch(/The token has the role "?writer"? until 2027-01-15T08:01:00\.000Z\.$/);
  });
});

describe('the decision', () => {
  const as = (request: object, method = 'PUT') => decide(notes, { roles: [], method, path: '/notes/1', ...request });

  it('names all that is missing, and no more', () => {
    expect(as({})).toEqual({
      kind: 'forbidden',
      route: 'write',
      missing: 'note:read',
      missingScopes: ['read', 'write'],
    });
    expect(as({ roles: ['reader'], scopes: ['read'] })).toEqual({
      kind: 'forbidden',
      route: 'write',
      missingScopes: ['write'],
    });
    expect(as({ scopes: ['read', 'write'] })).toEqual({ kind: 'forbidden', route: 'write', missing: 'note:read' });
  });

  it('says for whom the handler has to look at the owner', () => {
    const scopes = ['read', 'write'];
    expect(as({ roles: ['writer'], scopes })).toEqual({ kind: 'allow', route: 'write' });
    expect(as({ roles: ['reader'], scopes })).toEqual({
      kind: 'allow',
      route: 'write',
      onlyOwn: { field: 'createdBy', unless: 'note:any' },
    });
    expect(as({ roles: ['reader'], scopes }, 'GET')).toEqual({ kind: 'allow', route: 'read' });
  });

  it('lets any token in where the route says so, and counts temporary roles by the clock', () => {
    expect(decide(notes, { roles: [], method: 'GET', path: '/whoami' })).toEqual({ kind: 'allow', route: 'whoami' });
    const until = Math.floor(Date.now() / 1000) + 600;
    const request = { scopes: ['read', 'write'], elevated: [{ role: 'writer', until }] };
    expect(as(request)).toEqual({ kind: 'allow', route: 'write' });
  });
});

it('the permissions of an API are listed once, in order, and so is who has them for which routes', () => {
  expect(permissionsIn(notes)).toEqual(['note:any', 'note:read', 'note:write']);
  expect(whoCan(notes, 'note:read')).toMatchObject({
    routes: [{ id: 'read' }, { id: 'write' }],
  });
});
