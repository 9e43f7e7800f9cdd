import { describe, expect, it } from 'vitest';
import { explainDenial, type RouteAccess } from '../../../lambdas/notifier/deniedRoute.ts';

const access: RouteAccess = {
  roles: { viewer: ['document:read'], keeper: ['document:read', 'document:write'] },
  routes: [
    { id: 'create', method: 'POST', path: '/documents', access: { kind: 'permission', permission: 'document:write' } },
    {
      id: 'export',
      method: 'GET',
      path: '/export',
      access: { kind: 'permission', permission: 'document:read', scopes: ['all'] },
    },
    {
      id: 'read',
      method: 'GET',
      path: '/tenants/{tenant}',
      access: { kind: 'permission', permission: 'document:read' },
      where: { tenant: { path: 'tenant' } },
    } as never,
    { id: 'me', method: 'GET', path: '/me', access: { kind: 'authenticated' } },
  ],
};
const ALL = 'claim-mismatch permission-missing roles-exclusive scope-missing';
const explain = (request: string, roles: string, reasons = ALL) => {
  const [method = '', path = ''] = request.split(' ');
  return explainDenial(access, { method, path, roles, reasons });
};

describe('of the reasons of a caller, a denied request has those that its route can have', () => {
  it.each([
    ['POST /documents', 'viewer', 'document:write', ['permission-missing', 'roles-exclusive']],
    ['GET /export', 'viewer', 'document:read, scope all', ['scope-missing']],
    ['HEAD /export', 'viewer', 'document:read, scope all', ['scope-missing']],
    ['GET /tenants/{tenant}', 'viewer', 'document:read', ['claim-mismatch']],
    ['GET /export', '-', 'document:read, scope all', ['permission-missing', 'roles-exclusive']],
  ])('%s by %s', (request, roles, needs, reasons) => {
    expect(explain(request, roles)).toEqual({ needs, reasons });
  });

  it('a suspended client is suspended for each route', () => {
    expect(explain('GET /me', 'viewer', 'client-suspended')).toEqual({ reasons: ['client-suspended'] });
  });

  it('none is left where the handler decides, as about ownership', () => {
    expect(explain('POST /documents', 'keeper viewer')).toEqual({ needs: 'document:write', reasons: [] });
  });

  it('all are shown for a route that this release does not have', () => {
    expect(explain('GET /old', 'viewer', 'permission-missing')).toEqual({ reasons: ['permission-missing'] });
    expect(explain('GET /old', 'viewer', '-')).toEqual({ reasons: [] });
  });
});
