import { describe, expect, it } from 'vitest';
import { faultsOf, read, withRoute } from '../support.ts';

describe('the check of ownership', () => {
  it.each([
    ['an empty ownership field', withRoute({ ...read, ownership: '' }), 'ownership-invalid', 'routes.list.ownership'],
    ['ownership by a path', withRoute({ ...read, ownership: 'a.b' }), 'ownership-invalid', 'routes.list.ownership'],
    ['ownership by a number', withRoute({ ...read, ownership: 7 }), 'ownership-invalid', 'routes.list.ownership'],
    [
      'ownership without its field',
      withRoute({ ...read, ownership: {} }),
      'ownership-invalid',
      'routes.list.ownership',
    ],
    [
      'ownership with a misspelling',
      withRoute({ ...read, ownership: { field: 'by', unles: 'note:write' } }),
      'ownership-invalid',
      'routes.list.ownership.unles',
    ],
    [
      'ownership on a public route',
      withRoute({ public: 'liveness probe', ownership: 'by' }),
      'ownership-invalid',
      'routes.list.ownership',
    ],
    [
      'an exception that no role grants',
      withRoute({ ...read, ownership: { field: 'by', unless: 'note:burn' } }),
      'permission-not-granted',
      'routes.list.ownership.unless',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });
});
