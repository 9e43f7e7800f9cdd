import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import { decide } from '../../../lib/access/index.ts';
import { TABLE } from '../../parity/table.ts';
import { notes, overlapping } from './support.ts';

describe('decide', () => {
  it.each(TABLE.map((row) => [row.name, row] as const))('agrees with the table: %s', (_, row) => {
    const kinds = {
      allow: 'allow',
      unauthenticated: 'unauthenticated',
      forbidden: 'forbidden',
      'no-route': 'no-such-route',
    };
    expect(decide(documents, row).kind).toBe(kinds[row.access]);
  });

  it('names the route and the permission that is missing', () => {
    const request = { roles: ['viewer'], method: 'DELETE', path: '/documents/42' };
    expect(decide(documents, request)).toEqual({
      kind: 'forbidden',
      route: 'deleteDocument',
      missing: 'document:delete',
    });
  });

  const as = (method: string, path: string) => decide(overlapping, { roles: ['user'], method, path });

  it('prefers a literal segment to a parameter', () => {
    expect(as('GET', '/things/search/parts')).toEqual({ kind: 'allow', route: 'searchParts' });
    expect(as('GET', '/things/other/parts')).toEqual({ kind: 'allow', route: 'parts' });
  });

  it('returns no route for a literal resource without the method, although a parameter matches', () => {
    expect(as('GET', '/things/search')).toEqual({ kind: 'no-such-route' });
  });

  it.each(['/things/', '/things//parts', '//things/1', '/things/1/', 'things/1', '', '/', '/THINGS/1'])(
    'finds no route at %j',
    (path) => {
      expect(as('GET', path)).toEqual({ kind: 'no-such-route' });
    },
  );

  it.each(['__proto__', 'constructor', 'toString', 'User', 'user '])('grants nothing to the role name %j', (role) => {
    expect(decide(overlapping, { roles: [role], method: 'GET', path: '/things/1' }).kind).toBe('forbidden');
  });
});

describe('a decision', () => {
  const as = (request: object, method = 'PUT') => decide(notes, { roles: [], method, path: '/notes/1', ...request });

  it('names everything that is missing, and nothing else', () => {
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

  it('reports for whom the handler checks the owner', () => {
    const scopes = ['read', 'write'];
    expect(as({ roles: ['writer'], scopes })).toEqual({ kind: 'allow', route: 'write' });
    expect(as({ roles: ['reader'], scopes })).toEqual({
      kind: 'allow',
      route: 'write',
      onlyOwn: { field: 'createdBy', unless: 'note:any' },
    });
    expect(as({ roles: ['reader'], scopes }, 'GET')).toEqual({ kind: 'allow', route: 'read' });
  });

  it('allows any token on an authenticated route, and applies temporary roles by the clock', () => {
    expect(decide(notes, { roles: [], method: 'GET', path: '/whoami' })).toEqual({ kind: 'allow', route: 'whoami' });
    const until = Math.floor(Date.now() / 1000) + 600;
    const request = { scopes: ['read', 'write'], elevated: [{ role: 'writer', until }] };
    expect(as(request)).toEqual({ kind: 'allow', route: 'write' });
  });
});
