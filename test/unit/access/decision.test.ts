import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import {
  accessMatrix,
  accessPolicy,
  decide,
  matrixJson,
  matrixMarkdown,
  matrixText,
} from '../../../lib/access/index.ts';
import { defineApi, defineRoles, get, object, post } from '../../../lib/definition/index.ts';
import { TABLE } from '../../parity/table.ts';

const id = object({ id: Type.String({ maxLength: 9 }) });
const ok = { responses: { 200: { description: 'Fine' } } } as const;
const overlapping = defineApi(
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
  { today: new Date('2026-11-10') },
);

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

  it('does not rescue a literal resource that lacks the method by a parameter beside it', () => {
    expect(as('GET', '/things/search')).toEqual({ kind: 'no-such-route' });
  });

  it.each(['/things/', '/things//parts', '//things/1', '/things/1/', 'things/1', '', '/', '/THINGS/1'])(
    'knows no route at %j',
    (path) => {
      expect(as('GET', path)).toEqual({ kind: 'no-such-route' });
    },
  );

  it.each(['__proto__', 'constructor', 'toString', 'User', 'user '])('gives the role name %j nothing', (role) => {
    expect(decide(overlapping, { roles: [role], method: 'GET', path: '/things/1' }).kind).toBe('forbidden');
  });
});

describe('accessPolicy', () => {
  it('resolves inheritance and holds no reasons', () => {
    const policy = accessPolicy(documents);
    expect(policy.roles['editor']).toEqual(['document:create', 'document:read', 'document:update']);
    expect(policy).toMatchObject({ api: 'documents', tiers: ['free', 'premium'], defaultTier: 'free' });
    expect(policy.routes.find((route) => route.id === 'health')).toEqual({
      id: 'health',
      method: 'GET',
      path: '/health',
      access: { kind: 'public' },
    });
  });
});

describe('the access matrix', () => {
  const matrix = accessMatrix(overlapping);

  it('says for every route and role what decide says', () => {
    for (const row of accessMatrix(documents).rows) {
      for (const [role, may] of Object.entries(row.roles)) {
        const decision = decide(documents, { roles: [role], method: row.method, path: row.path.replace('{id}', 'x') });
        expect([row.route, role, decision.kind === 'allow']).toEqual([row.route, role, may]);
      }
    }
  });

  it('lists exemptions, limits, the review and permissions that no route needs', () => {
    expect(matrix.exemptions).toEqual([
      { location: 'routes.search', kind: 'public', reason: 'a reason | with <bars>' },
    ]);
    expect(matrix.unusedPermissions).toEqual(['thing:unused']);
    expect(matrix.review).toEqual({ reviewed: '2026-11-01', everyDays: 90, due: '2027-01-30' });
    expect(matrix.tiers).toMatchObject([{ name: 'free', isDefault: true, rate: 1 }]);
  });

  it('is aligned as text, with yes and - in the cells', () => {
    const lines = matrixText(accessMatrix(documents)).split('\n');
    const head = lines.find((line) => line.startsWith('method')) ?? '';
    const column = head.indexOf('viewer');
    const rows = lines.filter((line) => /^(GET|POST|PUT|DELETE) /.test(line));
    expect(rows).toHaveLength(Object.keys(documents.routes).length);
    for (const row of rows) expect(row.slice(column).split(/\s+/)[0]).toMatch(/^(yes|-)$/);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120);
  });

  it('survives free text as Markdown', () => {
    expect(matrixMarkdown(matrix)).toContain('| public | routes.search | a reason \\| with &lt;bars> |');
  });

  it('is itself as JSON', () => {
    expect(JSON.parse(matrixJson(matrix))).toEqual(JSON.parse(JSON.stringify(matrix)));
  });
});
