import { describe, expect, it } from 'vitest';
import { POLICY, STAGE } from './support/authorizer.ts';
import { policyWriter, writtenPolicies } from './support/policies.ts';

/** Routes as `METHOD /path`; a caller has the permission of some. */
function accessPolicyOf(allowed: readonly string[], denied: readonly string[]) {
  const routes = [...allowed, ...denied].map((id, i) => {
    const [method = '', path = ''] = id.split(' ');
    const permission = i < allowed.length ? 'use' : 'never';
    return { id, method, path, access: { kind: 'permission' as const, permission } };
  });
  return { ...POLICY, routes };
}

/** The resources of a policy whose resources have the short form of the ARN, without it. */
function patternsWithShortArns(allowed: readonly string[], denied: readonly string[]) {
  const { Statement } = policyWriter(accessPolicyOf(allowed, denied))(REQUEST);
  const of = (effect: string) =>
    Statement.filter(({ Effect }) => Effect === effect).flatMap(({ Resource }) =>
      Resource.map((arn) => arn.split('/').slice(2).join('/')),
    );
  return { allow: of('Allow'), deny: of('Deny') };
}

const REQUEST = { permissions: ['use'], scopes: [], methodArn: `${STAGE}/GET/none`, permitted: true };

/** The resources that are allowed and denied, without the stage. */
function patternsFor(allowed: readonly string[], denied: readonly string[]) {
  const { Statement } = policyWriter(accessPolicyOf(allowed, denied))(REQUEST);
  const of = (effect: string) =>
    Statement.filter(({ Effect }) => Effect === effect).flatMap(({ Resource }) =>
      Resource.map((arn) => arn.slice(STAGE.length + 1)),
    );
  return { allow: of('Allow'), deny: of('Deny') };
}

describe('allowed routes are written as', () => {
  it.each([
    ['everything', ['POST /a', 'PUT /b/c'], [], ['*']],
    ['a method', ['POST /a', 'POST /b'], ['PUT /a'], ['POST/*']],
    ['a path', ['POST /a', 'PUT /a'], ['POST /b'], ['*/a']],
    ['all below a path', ['POST /a/x', 'PUT /a/y'], ['POST /b'], ['*/a/*']],
    ['a method below a path', ['POST /a/x', 'POST /a/y'], ['PUT /a/x', 'POST /b'], ['POST/a/*']],
    ['a method deep below a path', ['POST /a/b/x', 'POST /a/b/y'], ['POST /a/c', 'PUT /a/b/x'], ['POST/a/b/*']],
    ['all deep below a path', ['POST /a/b/x', 'PUT /a/b/y'], ['POST /a/c', 'PUT /c'], ['*/a/b/*']],
    ['themselves, where one wildcard would stand for one', ['POST /a'], ['POST /b'], ['POST/a']],
    ['the broadest that fits', ['POST /a/x', 'PUT /a/x', 'PUT /b', 'PUT /c'], ['POST /d'], ['PUT/*', 'POST/a/x']],
    [
      'two wildcards and a rest',
      ['POST /a', 'POST /b', 'DELETE /c', 'PATCH /c', 'DELETE /d'],
      ['PATCH /e', 'DELETE /e'],
      ['POST/*', '*/c', 'DELETE/d'],
    ],
  ])('%s', (_what, allowed, denied, patterns) => {
    expect(patternsFor(allowed, denied)).toEqual({ allow: patterns, deny: [] });
  });
});

describe('a wildcard for methods', () => {
  it('is not used where it reaches a route whose path ends alike', () => {
    expect(patternsFor(['POST /a', 'PUT /a'], ['POST /b/a', 'PUT /c']).allow).toEqual(['POST/a', 'PUT/a']);
  });

  it('is not used where a parameter of another route can have that value', () => {
    expect(patternsFor(['POST /a', 'PUT /a'], ['POST /b/{id}', 'PUT /c']).allow).toEqual(['POST/a', 'PUT/a']);
    expect(patternsFor(['POST /a', 'PUT /a'], ['POST /b/{id}/c', 'PUT /c']).allow).toEqual(['*/a']);
  });
});

describe('a route that a pattern touches', () => {
  it('is denied by itself, and no other one is', () => {
    expect(patternsFor(['POST /a/{x}', 'PUT /z'], ['POST /a/{x}/secret', 'PUT /b'])).toEqual({
      allow: ['POST/a/*', 'PUT/z'],
      deny: ['POST/a/*/secret'],
    });
  });

  it('is not denied if that would deny an allowed one; then it is counted as open', () => {
    const allowed = ['POST /a/{x}', 'POST /a/{x}/b/{y}'];
    const denied = ['POST /a/{x}/secret', 'POST /b'];
    expect(patternsFor(allowed, denied).deny).toEqual([]);
    expect(writtenPolicies(accessPolicyOf(allowed, denied))(REQUEST).openRoutes).toBe(1);
  });
});

/** Five routes on each of so many paths, none of which a wildcard could replace for a caller of some routes in no order. */
function scattered(paths: number): readonly string[] {
  return Array.from({ length: paths }, (_, i) =>
    ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} /things${i}`),
  ).flat();
}

describe('a caller whose routes do not fit a policy', () => {
  it('is allowed everything but the others, where these are few: then nothing is open', () => {
    const routes = scattered(200);
    // One route of every sixth path, so that the path has no wildcard.
    const denied = routes.filter((_, i) => i % 30 === 3);
    const allowed = routes.filter((route) => !denied.includes(route));
    const { allow, deny } = patternsWithShortArns(allowed, denied);
    expect(allow).toEqual(['*']);
    expect(deny.toSorted()).toEqual(denied.map((route) => route.replace(' ', '')).toSorted());
    expect(writtenPolicies(accessPolicyOf(allowed, denied))(REQUEST).openRoutes).toBe(0);
  });

  it('is denied routes that take one resource before those that take two: GET is served with HEAD', () => {
    const routes = scattered(200);
    const allowed = routes.filter((_, i) => (i * 7919) % 11 < 7);
    const { deny } = patternsWithShortArns(
      allowed,
      routes.filter((route) => !allowed.includes(route)),
    );
    expect(deny.filter((pattern) => /^(POST|PUT|DELETE|PATCH)/.test(pattern)).length).toBeGreaterThan(20);
    expect(deny.filter((pattern) => /^(GET|HEAD)/.test(pattern))).toEqual([]);
  });
});

describe('the policy of a caller', () => {
  it('does not depend on the callers before', () => {
    const routes = scattered(160).map((id, i) => {
      const [method = '', path = ''] = id.split(' ');
      return { id, method, path, access: { kind: 'permission' as const, permission: `p${i}` } };
    });
    const policy = { ...POLICY, routes };
    const heldBy = (caller: number) =>
      routes.flatMap((_, i) => ((i * 7919 + caller * 31) % 13 < 2 + caller ? [`p${i}`] : []));
    const requests = [1, 4, 7, 10].map((caller) => ({ ...REQUEST, permissions: heldBy(caller) }));
    const afterOthers = policyWriter(policy);
    const documents = requests.map((request) => afterOthers(request));
    expect(documents).toEqual(requests.map((request) => policyWriter(policy)(request)));
    expect(new Set(documents.map((document) => JSON.stringify(document))).size).toBe(requests.length);
  });
});
