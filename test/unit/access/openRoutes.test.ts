import { describe, expect, it } from 'vitest';
import { documents } from '../../../lambdas/documents/api.ts';
import {
  accessMatrix,
  matrixMarkdown,
  matrixText,
  mostOpen,
  openPairs,
  openRoutes,
} from '../../../lib/access/index.ts';
import { DEFAULT_STAGE } from '../../../lib/definition/defaultStage.ts';
import { type Api, defineApi, defineRoles, get } from '../../../lib/definition/index.ts';
import { scatteredApi } from '../../support/scatteredApi.ts';

describe('routes that policies leave to handlers', () => {
  it('are none of an API of usual size', () => {
    expect(openRoutes(documents as unknown as Api, DEFAULT_STAGE)).toEqual({
      roles: {},
      pairs: { total: 6, examined: 6, open: 0 },
    });
    expect(matrixMarkdown(accessMatrix(documents as unknown as Api))).not.toContain('Left to the handlers');
  });

  it('are counted for roles with scattered permissions, and for pairs of roles', () => {
    const api = scatteredApi(250);
    const { roles, pairs } = openRoutes(api, DEFAULT_STAGE);
    expect(Object.keys(roles)).toEqual(['one', 'two']);
    expect(pairs.examined).toBe(6);
    expect(pairs.open).toBeGreaterThan(0);
    const matrix = matrixMarkdown(accessMatrix(api));
    expect(matrix).toContain(`## Left to the handlers\n\n| role | routes |\n| --- | --- |\n| one | ${roles['one']} |`);
    expect(matrixText(accessMatrix(api))).toMatch(/\n\nLeft to the handlers\n\nrole +routes\n/);
    expect(matrix).toContain(
      `| ${pairs.open} of 6 pairs of roles | up to ${pairs.most?.routes} (${pairs.most?.roles.join(' + ')}) |`,
    );
  });

  it('are at most those of the pair that leaves most, also where single roles leave more', () => {
    const api = scatteredApi(250);
    const { two, ...others } = api.roles.byName;
    if (two === undefined) throw new Error('expected a role two');
    const byName = { ...others, two: { ...two, exclusiveWith: ['one', 'few'] } };
    const { roles, pairs } = openRoutes({ ...api, roles: { ...api.roles, byName } }, DEFAULT_STAGE);
    expect(pairs).toMatchObject({ total: 4, open: 1, most: { roles: ['one', 'few'] } });
    expect(pairs.most?.routes).toBeLessThan(roles['two'] ?? 0);
    expect(mostOpen({ roles: ['clerk', 'auditor'], routes: 212 })).toBe('up to 212 (clerk + auditor)');
  });

  it('are counted for pairs that one caller can have, from all roles', () => {
    const responses = { responses: { 200: { description: 'Done' } } };
    const can = ['note:read'];
    const other = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`r${i}`, { can }]));
    const openOf = (roles: object) => {
      const input = {
        name: 'pairs',
        version: '1.0.0',
        roles: defineRoles(roles as never, { reviewed: '2026-11-01' }),
        tiers: { free: { rate: 10, burst: 20, quota: { requests: 100, per: 'DAY' } } },
        routes: { read: get('/notes', { permission: 'note:read', ...responses }) },
      };
      return openRoutes(defineApi(input as never, { today: new Date('2026-11-10T00:00:00Z') }) as unknown as Api, 'x');
    };
    expect(openOf({ a: { can }, b: { can, exclusiveWith: ['a'] }, c: { can } }).pairs).toMatchObject({ total: 2 });
    expect(openOf(other).pairs).toEqual({ total: 780, examined: 300, open: 0 });
  });

  it('are reported with the number of all pairs where not all were examined', () => {
    expect(openPairs({ total: 6, examined: 6, open: 1 })).toBe('1 of 6 pairs of roles');
    expect(openPairs({ total: 780, examined: 300, open: 1 })).toBe('1 of 300 examined pairs of roles (780 in all)');
  });
});
