import { describe, expect, it } from 'vitest';
import { createRouting } from '../../gateway/router.ts';
import { aRequestState } from '../support/gateway.ts';

const operation = (operationId: string) => ({ operationId });
const route = createRouting({
  paths: {
    '/': { get: operation('root') },
    '/things': { get: operation('list'), post: operation('add') },
    '/things/{id}': { get: operation('read'), put: operation('replace'), parameters: [] },
    '/things/new': { get: operation('new') },
    '/things/new/{part}/end': { get: operation('end') },
    '/things/{id}/{part}/start': { get: operation('start') },
    '/any/{id}': { 'x-amazon-apigateway-any-method': operation('any'), put: operation('put') },
    '/files/{path+}': { get: operation('files') },
    '/files/index': { get: operation('index') },
  },
});

/** The operation of a request, with its parameters; or the type of the rejection. */
async function find(method: string, path: string) {
  const state = { ...aRequestState({ method, path }), route: undefined, pathParameters: {} };
  const outcome = await route(state);
  if (outcome?.kind === 'rejection') return outcome.type;
  const found = state as ReturnType<typeof aRequestState>;
  return [found.route?.operationId, found.route?.method, found.pathParameters];
}

describe('a route', () => {
  it.each([
    ['GET', '/', ['root', 'GET', {}]],
    ['POST', '/things', ['add', 'POST', {}]],
    ['GET', '/things/7', ['read', 'GET', { id: '7' }]],
    ['GET', '/things/a%2Fb', ['read', 'GET', { id: 'a%2Fb' }]],
    ['GET', '/things/__proto__', ['read', 'GET', { id: '__proto__' }]],
    ['GET', '/things/..', ['read', 'GET', { id: '..' }]],
    ['GET', '/files/a/b', ['files', 'GET', { path: 'a/b' }]],
    ['PUT', '/any/7', ['put', 'PUT', { id: '7' }]],
    ['PATCH', '/any/7', ['any', 'PATCH', { id: '7' }]],
  ])('of %s %s is found', async (method, path, expected) => {
    expect(await find(method, path)).toEqual(expected);
  });

  it('with a literal segment wins over a parameter, and a parameter over the rest of a path', async () => {
    expect(await find('GET', '/things/new')).toEqual(['new', 'GET', {}]);
    expect(await find('GET', '/files/index')).toEqual(['index', 'GET', {}]);
    // The literal leads to no operation, so the parameter is tried.
    expect(await find('GET', '/things/new/x/start')).toEqual(['start', 'GET', { id: 'new', part: 'x' }]);
  });

  it.each([
    ['DELETE', '/things'],
    ['get', '/things'],
    ['HEAD', '/things'],
    ['GET', '/Things'],
    ['GET', '/things/'],
    ['GET', '//things'],
    ['GET', '/things/7/'],
    ['GET', '/things//'],
    ['GET', '/%74hings'],
    ['GET', 'things'],
    // The path leads to /things/new, whatever /things/{id} would take.
    ['PUT', '/things/new'],
    ['GET', '*'],
    ['GET', '/files'],
    ['GET', '/constructor'],
    ['PARAMETERS', '/things/7'],
  ])('does not exist for %s %s', async (method, path) => {
    expect(await find(method, path)).toBe('MISSING_AUTHENTICATION_TOKEN');
  });
});
