import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import { grantOf } from '../../../lib/access/grants.ts';
import { accessMatrix, decide } from '../../../lib/access/index.ts';
import { ledger } from '../../support/ledger.ts';
import { overlapping } from './support.ts';

const matrix = accessMatrix(ledger);

describe('the access matrix', () => {
  const row = (id: string) => matrix.rows.find(({ route }) => route === id);

  it('shows how each role gets a permission, by the shortest path, own roles before the default role', () => {
    expect(row('listEntries')?.grants).toEqual({
      member: { path: ['member'] },
      clerk: { path: ['clerk', 'member'] },
      payer: { path: ['member'], byDefault: true },
      approver: { path: ['member'], byDefault: true },
      treasurer: { path: ['treasurer', 'clerk', 'member'] },
      auditor: { path: ['auditor'] },
    });
    expect(row('pay')?.roles).toMatchObject({ payer: true, treasurer: true, approver: false });
    expect(row('health')?.grants).toEqual({});
    expect(grantOf(ledger, 'payer', 'entry:audit')).toBeUndefined();
  });

  it('shows who is allowed to use a route only for own items', () => {
    expect(row('changeEntry')?.onlyOwn).toEqual(['clerk']);
    expect(row('dropEntry')?.onlyOwn).toEqual(matrix.roles);
    expect(row('pay')?.onlyOwn).toEqual([]);
  });

  it('shows roles with what they exclude, scopes with their routes, and counts only the requested exceptions', () => {
    expect(matrix.roleDetails.find(({ name }) => name === 'treasurer')).toEqual({
      name: 'treasurer',
      isDefault: false,
      extends: ['payer', 'clerk'],
      can: ['entry:write-any'],
      permissions: ['entry:read', 'entry:write', 'entry:write-any', 'payment:make'],
      excludes: ['approver'],
    });
    expect(matrix.roleDetails.find(({ isDefault }) => isDefault)?.name).toBe('member');
    expect(matrix.scopes[0]).toEqual({
      name: 'entries.read',
      description: 'Read entries',
      routes: ['exportEntries', 'audit'],
    });
    expect(matrix.unusedPermissions).toEqual([]);
    expect(matrix.review).toEqual({ reviewed: '2026-11-01', everyDays: 90, due: '2027-01-30' });
  });

  it('agrees with decide on every route and role', () => {
    for (const row of accessMatrix(documents).rows) {
      for (const [role, may] of Object.entries(row.roles)) {
        const decision = decide(documents, { roles: [role], method: row.method, path: row.path.replace('{id}', 'x') });
        expect([row.route, role, decision.kind === 'allow']).toEqual([row.route, role, may]);
      }
    }
  });

  it('lists exemptions, limits, the review and permissions that no route needs', () => {
    const small = accessMatrix(overlapping);
    expect(small.exemptions).toEqual([{ location: 'routes.search', kind: 'public', reason: 'a reason | with <bars>' }]);
    expect(small.unusedPermissions).toEqual(['thing:unused']);
    expect(small.review).toEqual({ reviewed: '2026-11-01', everyDays: 90, due: '2027-01-30' });
    expect(small.tiers).toMatchObject([{ name: 'free', isDefault: true, rate: 1 }]);
  });
});
