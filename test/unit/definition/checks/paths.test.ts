import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import { get, object } from '../../../../lib/definition/index.ts';
import { codesOf, faultsOf, ok, read, withRoute } from '../support.ts';

describe('the check of paths', () => {
  it.each([
    ['a reserved path', withRoute(read, '/ping'), 'path-reserved', 'routes.list'],
    ['a trailing slash', withRoute(read, '/notes/'), 'path-invalid', 'routes.list'],
    ['a greedy parameter', withRoute(read, '/{proxy+}'), 'path-invalid', 'routes.list'],
    [
      'an undeclared parameter',
      withRoute(read, '/notes/{id}'),
      'path-parameter-undeclared',
      'routes.list.path.properties.id',
    ],
  ])('rejects a definition with %s', (_, change, code, location) => {
    expect(faultsOf(change)).toContainEqual({ code, location });
  });

  it('rejects two routes that a request could not distinguish, and two names for one parameter', () => {
    const id = (name: string) => object({ [name]: Type.String({ maxLength: 9 }) });
    const routes = {
      one: get('/n/{a}', { permission: 'note:read', path: id('a'), ...ok } as never),
      two: get('/n/{b}', { permission: 'note:read', path: id('b'), ...ok } as never),
    };
    expect(codesOf({ routes })).toEqual(['route-duplicate', 'path-parameter-conflict']);
  });
});
