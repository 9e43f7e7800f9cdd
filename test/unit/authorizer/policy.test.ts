import { describe, expect, it } from 'vitest';
import { requestedRoutes } from '../../../lambdas/authorizer/callerAccess.ts';
import { denyAll, MAX_POLICY_LENGTH } from '../../../lambdas/authorizer/policy.ts';
import { isPermitted, permissionsOf } from '../../../lambdas/shared/grants.ts';
import type { AccessPolicy } from '../../../lib/definition/bundledTypes.ts';
import { allows, POLICY, STAGE } from './support/authorizer.ts';
import { policyWriter, writtenPolicies } from './support/policies.ts';

type Route = AccessPolicy['routes'][number];

const METHODS = ['GET', 'POST', 'PUT', 'DELETE'];

/** A policy whose role `some` is allowed to use the routes that `allowed` selects. */
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

function policyFor(policy: AccessPolicy, roles: readonly string[], method = 'GET', path = '/') {
  return policyWriter(policy)({ ...grantsOf(policy, roles), methodArn: `${STAGE}/${method}${path}`, permitted: true });
}

/** Every route with example parameters, and whether policy and decision agree on it. */
function disagreements(policy: AccessPolicy, roles: readonly string[]): readonly string[] {
  const document = policyFor(policy, roles);
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
    const document = policyFor(policy, ['some']);
    expect(allows(document, 'GET', '/a/1')).toBe(true);
    expect(allows(document, 'GET', '/a/1/b/2')).toBe(true);
    // A Deny of `/a/*/secret` would also deny `/a/1/b/secret`: the handler rejects the request instead.
    expect(allows(document, 'GET', '/a/1/b/secret')).toBe(true);
    const rejected = policyWriter(policy)({
      ...grantsOf(policy, ['some']),
      methodArn: `${STAGE}/GET/a/1/secret`,
      permitted: false,
    });
    expect(allows(rejected, 'GET', '/a/1/secret')).toBe(false);
  });

  it('is a Deny of everything for a caller without any route', () => {
    const policy = policyOf(['/a'], () => false);
    expect(policyFor(policy, ['none']).Statement).toEqual([
      { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: [`${STAGE}/*`] },
    ]);
  });

  it('is one wildcard for a caller with every route', () => {
    const policy = policyOf(['/a', '/b/{id}'], () => true);
    expect(policyFor(policy, ['some']).Statement).toHaveLength(1);
    expect(policyFor(policy, ['some']).Statement[0]?.Resource).toEqual([`${STAGE}/*`]);
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
    expect(JSON.stringify(policyFor(policy, ['some'])).length).toBeLessThanOrEqual(MAX_POLICY_LENGTH);
    expect(disagreements(policy, ['some'])).toEqual([]);
  });

  it('fit a policy even if every other one is allowed; no allowed route is lost', () => {
    const policy = policyOf(paths, ({ path }, index) => (index * 7919 + path.length) % 2 === 0 || index % 3 === 0);
    const document = policyFor(policy, ['some']);
    expect(JSON.stringify(document).length).toBeLessThanOrEqual(MAX_POLICY_LENGTH);
    const grants = grantsOf(policy, ['some']);
    for (const { method, path, access } of policy.routes) {
      if (isPermitted(access, grants)) expect(allows(document, method, path.replace('{id}', 'x'))).toBe(true);
    }
  });
});

/** A policy with so many allowed routes, and others; the path of the first allowed one is longer by some letters. */
function paddedPolicy(allowed: number, denied: number, letters: number) {
  const routes = [
    ...Array.from({ length: allowed }, (_, i) =>
      route('POST', `/things${i}${i === 0 ? 'n'.repeat(letters) : ''}`, needing('some')),
    ),
    ...Array.from({ length: denied }, (_, i) => route('POST', `/others${i}`, needing('none'))),
  ];
  const methodArn = `${STAGE}/POST/things1`;
  const request = { permissions: ['some'], scopes: [], methodArn, permitted: true };
  const write = writtenPolicies({ ...POLICY, routes });
  const { document, openRoutes } = write(request);
  return { write, request, document, openRoutes, length: JSON.stringify(document).length };
}

/** So many of the allowed routes fit with the long form of the ARN, and with the short one. */
const LONG = 107;
const SHORT = 170;

/** Policies that grow by a letter, from the first one. */
const growing = (allowed: number, denied: number) =>
  Array.from({ length: 120 }, (_, letters) => paddedPolicy(allowed, denied, letters));

describe('a policy of 8,192 characters', () => {
  const isLong = ({ document }: { document: object }) => JSON.stringify(document).includes(`${STAGE}/POST`);

  it('has the long form of the ARN up to the last character', () => {
    const policies = growing(LONG, 1);
    const last = policies.findLastIndex(isLong);
    expect([policies[last]?.length, isLong(policies[last + 1] ?? expect.fail())]).toEqual([MAX_POLICY_LENGTH, false]);
  });

  it('has the short form of the ARN, and each route, up to the last character', () => {
    const policies = growing(SHORT, 1);
    const count = ({ document }: (typeof policies)[number]) => document.Statement[0]?.Resource.length;
    const last = policies.findLastIndex((one) => count(one) === SHORT);
    const next = policies[last + 1] ?? expect.fail();
    expect([policies.some(isLong), policies[last]?.length, count(next) === SHORT]).toEqual([
      false,
      MAX_POLICY_LENGTH,
      false,
    ]);
  });

  it('rejects a request by the patterns of others up to the last character, and by fewer beyond', () => {
    const { write, request, document } = paddedPolicy(LONG - 3, 1, 0);
    const allow = document.Statement[0]?.Resource;
    const rejecting = Array.from({ length: 400 }, (_, i) => {
      const methodArn = `${STAGE}/POST/`.padEnd(100 + i, 'n');
      const { document: written } = write({ ...request, methodArn, permitted: false });
      return { length: JSON.stringify(written).length, isSame: written.Statement[0]?.Resource === allow };
    });
    const last = rejecting.findLastIndex(({ isSame }) => isSame);
    expect([rejecting[last]?.length, rejecting[last + 1]?.isSame]).toEqual([MAX_POLICY_LENGTH, false]);
  });
});

it.each([1, 100, 200])('no policy is longer, whatever is allowed, and rejected: %i other routes', (denied) => {
  for (const allowed of [96, LONG - 8, LONG - 7, LONG - 6, LONG, SHORT - 10, SHORT]) {
    for (let letters = 0; letters < 76; letters += 15) {
      const { write, request, length } = paddedPolicy(allowed, denied, letters);
      const lengths = [100, 300, 480, 512].map((letterCount) => {
        const methodArn = `${STAGE}/POST/`.padEnd(letterCount, 'n');
        return JSON.stringify(write({ ...request, methodArn, permitted: false }).document).length;
      });
      expect(Math.max(length, ...lengths)).toBeLessThanOrEqual(MAX_POLICY_LENGTH);
    }
  }
});

type Grants = { readonly permissions?: readonly string[]; readonly scopes?: readonly string[] };

const route = (method: string, path: string, access: Route['access']): Route => ({
  id: `${method} ${path}`,
  method,
  path,
  access,
});

const needing = (permission: string) => ({ kind: 'permission', permission }) as const;

const statement = (effect: 'Allow' | 'Deny', ...paths: readonly string[]) => ({
  Effect: effect,
  Action: 'execute-api:Invoke',
  Resource: paths.map((path) => `${STAGE}/${path}`),
});

const document = (...statements: readonly object[]) => ({ Version: '2012-10-17', Statement: statements });

/** What a policy is written for; by default a permitted request of the path `/r`. */
const requestWith = (
  { permissions = [], scopes = [] }: Grants,
  {
    permitted = true,
    methodArn = `${STAGE}/POST/r`,
  }: { readonly permitted?: boolean; readonly methodArn?: string } = {},
) => ({ permissions, scopes, permitted, methodArn });

describe('a policy', () => {
  const policy = {
    ...POLICY,
    routes: [
      route('POST', '/notes/{id}', needing('read')),
      route('POST', '/notes/{id}/history', needing('audit')),
      route('PUT', '/notes/{id}', needing('write')),
    ],
  };
  const write = policyWriter(policy);

  it('that allows nothing denies the stage', () => {
    const nothing = document(statement('Deny', '*'));
    expect(denyAll(`${STAGE}/POST/documents/1`)).toEqual(nothing);
    expect(write(requestWith({}, { permitted: false }))).toEqual(nothing);
  });

  it('allows what is granted and denies what that would reach', () => {
    expect(write(requestWith({ permissions: ['read'] }))).toEqual(
      document(statement('Allow', 'POST/notes/*'), statement('Deny', 'POST/notes/*/history')),
    );
    expect(write(requestWith({ permissions: ['read', 'audit', 'write'] }))).toEqual(document(statement('Allow', '*')));
  });

  it('denies the rejected request itself, first', () => {
    const methodArn = `${STAGE}/POST/notes/1/history`;
    expect(write(requestWith({ permissions: ['read'] }, { permitted: false, methodArn }))).toEqual(
      document(statement('Allow', 'POST/notes/*'), statement('Deny', 'POST/notes/1/history', 'POST/notes/*/history')),
    );
  });

  it.each(['*', '?', '$'])('does not deny the rejected request if its path has the wildcard %s', (sign) => {
    const methodArn = `${STAGE}/PUT/notes/${sign}`;
    expect(write(requestWith({ permissions: ['read'] }, { permitted: false, methodArn }))).toEqual(
      document(statement('Allow', 'POST/notes/*'), statement('Deny', 'POST/notes/*/history')),
    );
  });

  it('denies the rejected request up to 512 characters, the maximum of a resource', () => {
    const denied = (length: number) => {
      const methodArn = `${STAGE}/PUT/notes/`.padEnd(length, 'n');
      const { Statement } = write(requestWith({ permissions: ['read'] }, { permitted: false, methodArn }));
      return Statement.flatMap(({ Resource }) => Resource).includes(methodArn);
    };
    expect([denied(512), denied(513)]).toEqual([true, false]);
  });
});

describe('a resource of more than 512 characters', () => {
  const claims = { x: 'v'.repeat(128) };
  const own = (letters: number): Route => ({
    ...route('POST', `/${'a'.repeat(letters)}/{x}`, needing('read')),
    where: { x: 'x' },
  });
  const resources = (...routes: readonly Route[]) =>
    policyWriter({ ...POLICY, routes })({ ...requestWith({ permissions: ['read'] }), claims }).Statement;

  it('is in no policy, and its route is denied', () => {
    const other = route('POST', '/notes', needing('read'));
    expect(resources(own(400), other, route('PUT', '/notes', needing('write')))).toEqual([
      { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: [`${STAGE}/POST/notes`] },
    ]);
  });

  it('denies everything where it is the only one', () => {
    expect(resources(own(400))).toEqual([{ Effect: 'Deny', Action: 'execute-api:Invoke', Resource: [`${STAGE}/*`] }]);
    expect(resources(own(100))[0]?.Resource).toEqual([`${STAGE}/POST/${'a'.repeat(100)}/${claims.x}`]);
  });
});

const allowedBy = (document: ReturnType<ReturnType<typeof policyWriter>>, effect: 'Allow' | 'Deny' = 'Allow') =>
  document.Statement.filter(({ Effect }) => Effect === effect).flatMap(({ Resource }) => Resource);

describe('a policy document', () => {
  const policy = {
    ...POLICY,
    routes: [
      route('POST', '/p', { kind: 'permission', permission: 'a' }),
      route('POST', '/q', { kind: 'permission', permission: 'b' }),
      route('POST', '/s', { kind: 'scopes', scopes: ['a'] }),
    ],
  } satisfies AccessPolicy;
  const request = { methodArn: `${STAGE}/POST/p`, permitted: true };

  it('of one caller is never given to another one', () => {
    const write = policyWriter(policy);
    const of = (permissions: readonly string[], scopes: readonly string[]) =>
      allowedBy(write({ ...request, permissions, scopes })).map((arn) => arn.slice(STAGE.length));
    expect(of(['a'], [])).toEqual(['/POST/p']);
    expect(of(['b'], [])).toEqual(['/POST/q']);
    expect(of([], ['a'])).toEqual(['/POST/s']);
    expect(of(['ab'], [])).toEqual([]);
    expect(of(['a', 'b'], [])).toEqual(['/POST/p', '/POST/q']);
    expect(of(['a'], [])).toEqual(['/POST/p']);
  });

  it('has the form that API Gateway evaluates', () => {
    const rejected = { permissions: ['a'], scopes: [], methodArn: `${STAGE}/POST/q`, permitted: false };
    expect(policyWriter(policy)(rejected)).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: [`${STAGE}/POST/p`] },
        { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: [`${STAGE}/POST/q`] },
      ],
    });
  });

  it('without any grant denies the whole stage', () => {
    expect(denyAll(`${STAGE}/POST/p`)).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 'execute-api:Invoke', Resource: [`${STAGE}/*`] }],
    });
  });

  it('names the rejected request if its ARN fits a resource', () => {
    const write = policyWriter(policy);
    const denied = (length: number) => {
      const methodArn = `${STAGE}/POST/`.padEnd(length, 'x');
      return allowedBy(write({ permissions: ['a'], scopes: [], methodArn, permitted: false }), 'Deny');
    };
    expect(denied(512)).toEqual([`${STAGE}/POST/`.padEnd(512, 'x')]);
    expect(denied(513)).toEqual([]);
  });
});

describe('HEAD', () => {
  const policy = {
    ...POLICY,
    routes: [
      route('GET', '/notes/{id}', needing('read')),
      route('POST', '/notes/{id}', needing('write')),
      route('GET', '/public', needing('other')),
    ],
  };
  const write = (permissions: readonly string[]) => policyWriter(policy)(requestWith({ permissions }));

  it('is allowed with GET, by the same routes and no other', () => {
    const document = write(['read']);
    expect(allows(document, 'HEAD', '/notes/1')).toBe(true);
    expect(allows(document, 'HEAD', '/public')).toBe(false);
    expect(allows(write(['write']), 'HEAD', '/notes/1')).toBe(false);
  });

  it('costs nothing where a wildcard has both, and its own pattern elsewhere', () => {
    expect(write(['read', 'write', 'other'])).toEqual(document(statement('Allow', '*')));
    expect(write(['read', 'write'])).toEqual(document(statement('Allow', '*/notes/*')));
    expect(write(['read'])).toEqual(document(statement('Allow', 'GET/notes/*', 'HEAD/notes/*')));
  });

  it('is the route of GET', () => {
    const asked = (method: string) => requestedRoutes(policy)({ httpMethod: method, resource: '/public' })?.id;
    expect([asked('GET'), asked('HEAD'), asked('POST')]).toEqual(['GET /public', 'GET /public', undefined]);
  });
});
