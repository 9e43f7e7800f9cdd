import { describe, expect, it } from 'vitest';
import { get } from '../../../../lib/definition/index.ts';
import { faultsOf, read } from '../support.ts';

describe('the check of names, versions and route names', () => {
  it.each([
    ['a bad version', { version: '1' }, 'version-invalid', 'version'],
    ['no route', { routes: {} }, 'route-missing', 'routes'],
    ['a bad route name', { routes: { 'a-b': get('/a', read as never) } }, 'route-id-invalid', 'routes.a-b'],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });
});
