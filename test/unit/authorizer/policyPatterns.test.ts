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
