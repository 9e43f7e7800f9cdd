import { describe, expect, it } from 'vitest';
import { faultsOf, read, withRoute } from '../support.ts';

describe('the check of access', () => {
  it.each([
    ['no access', withRoute({}), 'route-without-access', 'routes.list'],
    ['two kinds of access', withRoute({ ...read, public: 'a good reason' }), 'route-access-ambiguous', 'routes.list'],
    ['a public route without a reason', withRoute({ public: ' ' }), 'access-reason-missing', 'routes.list.public'],
    [
      'a permission that no role grants',
      withRoute({ permission: 'note:burn' }),
      'permission-not-granted',
      'routes.list.permission',
    ],
    [
      'scopes on a public route',
      withRoute({ scopes: ['notes.read'], public: 'liveness probe' }),
      'route-access-ambiguous',
      'routes.list',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });
});
