import { describe, expect, it } from 'vitest';
import { MAX_POLICY_LENGTH, policyWriter } from '../../../lambdas/authorizer/policy.ts';
import { covers, segmentsOf, touches } from '../../../lambdas/authorizer/resourcePattern.ts';
import { isPermitted, permissionsOf } from '../../../lambdas/shared/grants.ts';
import type { AccessPolicy } from '../../../lib/definition/bundledTypes.ts';
import { allows, POLICY, STAGE } from './support/authorizer.ts';

type Route = AccessPolicy['routes'][number];
const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** A policy whose role `some` may use the routes that `allowed` picks. */
function policyOf(paths: readonly string[], allowed: (route: Route, index: number) => boolean): AccessPolicy {
  const all = paths.flatMap((path) => METHODS.map((method) => ({ method, path })));
  const routes = all.map((route, index) => ({
    ...route,
    id: `route${index}`,
    access: { kind: 'permission' as const, permission: `route${index}:use` },
  }));
  const some = routes.filter((route, index) => allowed(route, index)).map((route) => route.access.permission);
  const roles = { some, none: [] };
  return { api: 'big', roles, exclusive: [], scopes: [], tiers: ['free'], defaultTier: 'free', routes };
}

const grantsOf = (policy: AccessPolicy, roles: readonly string[]) => ({
  permissions: permissionsOf(policy.roles, roles),
  scopes: [],
});

function write(policy: AccessPolicy, roles: readonly string[], method = 'GET', path = '/') {
  return policyWriter(policy)({ ...grantsOf(policy, roles), methodArn: `${STAGE}/${method}${path}`, permitted: true });
}

/** Every route with example parameters, and whether policy and decision agree on it. */
function disagreements(policy: AccessPolicy, roles: readonly string[]): readonly string[] {
  const document = write(policy, roles);
  const grants = grantsOf(policy, roles);
  return policy.routes
    .filter(({ method, path, access }) => {
      const concrete = path.replaceAll(/\{[^}]*\}/g, 'x1');
      return allows(document, method, concrete) !== isPermitted(access, grants);
    })
    .map(({ method, path }) => `${method} ${path}`);
}

describe('a policy agrees with the decision', () => {
  it.each([[['viewer']], [['editor']], [['admin']], [['viewer', 'editor']], [[]]])('for %j', (roles) => {
    expect(disagreements(POLICY, roles)).toEqual([]);
  });

  it('although a wildcard spans path segments', () => {
    const { routes } = policyOf(['/a/{id}', '/a/{id}/secret', '/a/{id}/b/{sub}'], () => true);
    const policy: AccessPolicy = {
      ...POLICY,
      roles: { some: routes.filter(({ path }) => !path.endsWith('secret')).map(({ id }) => `${id}:use`) },
      routes,
    };
    const document = write(policy, ['some']);
    expect(allows(document, 'GET', '/a/1')).toBe(true);
    expect(allows(document, 'GET', '/a/1/b/2')).toBe(true);
    // A Deny of `/a/*/secret` would take `/a/1/b/secret` from the caller: the handler refuses that one.
    expect(allows(document, 'GET', '/a/1/b/secret')).toBe(true);
    const rejected = policyWriter(policy)({
      ...grantsOf(policy, ['some']),
      methodArn: `${STAGE}/GET/a/1/secret`,
      permitted: false,
    });
    expect(allows(rejected, 'GET', '/a/1/secret')).toBe(false);
  });

  it('is a Deny of everything for who may use nothing', () => {
    const policy = policyOf(['/a'], () => false);
    expect(write(policy, ['none']).Statement).toEqual([
      { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: [`${STAGE}/*`] },
    ]);
  });

  it('is one wildcard for who may use everything', () => {
    const policy = policyOf(['/a', '/b/{id}'], () => true);
    expect(write(policy, ['some']).Statement).toHaveLength(1);
    expect(write(policy, ['some']).Statement[0]?.Resource).toEqual([`${STAGE}/*`]);
  });

  it('does not take a wildcard of a path for a wildcard of the policy', () => {
    const document = policyWriter(POLICY)({
      ...grantsOf(POLICY, ['viewer']),
      methodArn: `${STAGE}/DELETE/documents/*`,
      permitted: false,
    });
    expect(allows(document, 'GET', '/documents/1')).toBe(true);
    expect(JSON.stringify(document)).not.toContain('DELETE/documents/*');
  });
});

describe('300 routes', () => {
  const paths = Array.from({ length: 75 }, (_, index) => `/things${index}/${index % 2 === 0 ? '{id}' : 'all'}`);

  it.each<readonly [string, (route: Route, index: number) => boolean]>([
    ['every read', ({ method }) => method === 'GET'],
    ['reads and creations', ({ method }) => method === 'GET' || method === 'POST'],
    ['all but deletion', ({ method }) => method !== 'DELETE'],
    ['all but ten', (_, index) => index % 30 !== 0],
    ['a tenth', (_, index) => index % 10 === 0],
    ['ten resources whole', (_, index) => index < 40],
  ])('fit a policy, and agree with the decision: %s', (_name, allowed) => {
    const policy = policyOf(paths, allowed);
    expect(JSON.stringify(write(policy, ['some'])).length).toBeLessThanOrEqual(MAX_POLICY_LENGTH);
    expect(disagreements(policy, ['some'])).toEqual([]);
  });

  it('fit a policy even if every other one is allowed; no allowed route is lost', () => {
    const policy = policyOf(paths, ({ path }, index) => (index * 7919 + path.length) % 2 === 0 || index % 3 === 0);
    const document = write(policy, ['some']);
    expect(JSON.stringify(document).length).toBeLessThanOrEqual(MAX_POLICY_LENGTH);
    const grants = grantsOf(policy, ['some']);
    for (const { method, path, access } of policy.routes) {
      if (isPermitted(access, grants)) expect(allows(document, method, path.replace('{id}', 'x'))).toBe(true);
    }
  });
});

describe('a pattern', () => {
  it.each([
    [['*'], 'GET', '/a/b', true, true],
    [['GET', '*'], 'GET', '/a/b', true, true],
    [['GET', '*'], 'PUT', '/a/b', false, false],
    [['GET', 'a', '*'], 'GET', '/a', false, false],
    [['GET', 'a', '*', 'c'], 'GET', '/a/{x}/b/{y}', true, false],
    [['GET', 'a', 'b'], 'GET', '/a/{x}', true, false],
    [['GET', 'a', '*'], 'GET', '/a/{x}', true, true],
    [['*', 'a'], 'GET', '/b/a', true, true],
  ])('%j of %s %s: touches %s, covers %s', (pattern, method, path, touching, covering) => {
    const route = segmentsOf(method, path);
    expect(touches(pattern, route)).toBe(touching);
    expect(covers(pattern, route)).toBe(covering);
  });
});
