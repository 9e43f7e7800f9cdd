import { describe, expect, it } from 'vitest';
import { denyAll, MAX_POLICY_LENGTH, policyWriter } from '../../../lambdas/authorizer/policy.ts';
import { compactPatterns, exceptPatterns } from '../../../lambdas/authorizer/policyPatterns.ts';
import type { AccessPolicy } from '../../../lib/definition/bundledTypes.ts';
import { POLICY, STAGE } from './support/authorizer.ts';

const split = (allowed: readonly string[], denied: readonly string[]) => ({
  allowed: allowed.map((route) => route.split(' ')),
  denied: denied.map((route) => route.split(' ')),
});
const words = ({ allow, deny }: ReturnType<typeof compactPatterns>) => ({
  allow: allow.map((pattern) => pattern.join(' ')),
  deny: deny.map((pattern) => pattern.join(' ')),
});
const compact = (allowed: readonly string[], denied: readonly string[]) =>
  words(compactPatterns(split(allowed, denied)));

describe('allowed routes are written as', () => {
  it.each([
    ['everything', ['GET a', 'PUT b c'], [], ['*']],
    ['a method', ['GET a', 'GET b'], ['PUT a'], ['GET *']],
    ['a path', ['GET a', 'PUT a'], ['GET b'], ['* a']],
    ['all below a path', ['GET a x', 'PUT a y'], ['GET b'], ['* a *']],
    ['a method below a path', ['GET a x', 'GET a y'], ['PUT a x', 'GET b'], ['GET a *']],
    ['a method deep below a path', ['GET a b x', 'GET a b y'], ['GET a c', 'PUT a b x'], ['GET a b *']],
    ['all deep below a path', ['GET a b x', 'PUT a b y'], ['GET a c', 'PUT c'], ['* a b *']],
    ['themselves, where one wildcard would stand for one', ['GET a'], ['GET b'], ['GET a']],
    ['the broadest that fits', ['GET a x', 'PUT a x', 'PUT b', 'PUT c'], ['GET d'], ['PUT *', 'GET a x']],
    [
      'two wildcards and a rest',
      ['GET a', 'GET b', 'PUT c', 'POST c', 'PUT d'],
      ['POST e', 'PUT e'],
      ['GET *', '* c', 'PUT d'],
    ],
  ])('%s', (_what, allowed, denied, patterns) => {
    expect(compact(allowed, denied)).toEqual({ allow: patterns, deny: [] });
  });
});

describe('a route that a wildcard touches', () => {
  it('is denied by itself, and no other one is', () => {
    expect(compact(['GET a *', 'PUT z'], ['GET a * secret', 'PUT b'])).toEqual({
      allow: ['GET a *', 'PUT z'],
      deny: ['GET a * secret'],
    });
  });

  it('is not denied where that would take an allowed one', () => {
    expect(compact(['GET a *', 'GET a * b *'], ['GET a * secret']).deny).toEqual([]);
    expect(words(exceptPatterns(split(['GET a * b *'], ['GET a * secret', 'PUT b'])))).toEqual({
      allow: ['*'],
      deny: ['PUT b'],
    });
  });
});

const route = (path: string, access: AccessPolicy['routes'][number]['access'], method = 'GET') => ({
  id: `${method}${path}`,
  method,
  path,
  access,
});
const allowedBy = (document: ReturnType<ReturnType<typeof policyWriter>>, effect: 'Allow' | 'Deny' = 'Allow') =>
  document.Statement.filter(({ Effect }) => Effect === effect).flatMap(({ Resource }) => Resource);

describe('a policy', () => {
  const policy = {
    ...POLICY,
    routes: [
      route('/p', { kind: 'permission', permission: 'a' }),
      route('/q', { kind: 'permission', permission: 'b' }),
      route('/s', { kind: 'scopes', scopes: ['a'] }),
    ],
  } satisfies AccessPolicy;
  const request = { methodArn: `${STAGE}/GET/p`, permitted: true };

  it('of one caller is never given to another one', () => {
    const write = policyWriter(policy);
    const of = (permissions: readonly string[], scopes: readonly string[]) =>
      allowedBy(write({ ...request, permissions, scopes })).map((arn) => arn.slice(STAGE.length));
    expect(of(['a'], [])).toEqual(['/GET/p']);
    expect(of(['b'], [])).toEqual(['/GET/q']);
    expect(of([], ['a'])).toEqual(['/GET/s']);
    expect(of(['ab'], [])).toEqual([]);
    expect(of(['a', 'b'], [])).toEqual(['/GET/p', '/GET/q']);
    expect(of(['a'], [])).toEqual(['/GET/p']);
  });

  it('says who may do what in the language of API Gateway', () => {
    const rejected = { permissions: ['a'], scopes: [], methodArn: `${STAGE}/GET/q`, permitted: false };
    expect(policyWriter(policy)(rejected)).toEqual({
      Version: '2012-10-17',
      Statement: [
        { Effect: 'Allow', Action: 'execute-api:Invoke', Resource: [`${STAGE}/GET/p`] },
        { Effect: 'Deny', Action: 'execute-api:Invoke', Resource: [`${STAGE}/GET/q`] },
      ],
    });
  });

  it('for nobody denies the whole stage', () => {
    expect(denyAll(`${STAGE}/GET/p`)).toEqual({
      Version: '2012-10-17',
      Statement: [{ Effect: 'Deny', Action: 'execute-api:Invoke', Resource: [`${STAGE}/*`] }],
    });
  });

  it('names the refused request as long as its ARN fits a resource', () => {
    const write = policyWriter(policy);
    const denied = (length: number) => {
      const methodArn = `${STAGE}/GET/`.padEnd(length, 'x');
      return allowedBy(write({ permissions: ['a'], scopes: [], methodArn, permitted: false }), 'Deny');
    };
    expect(denied(512)).toEqual([`${STAGE}/GET/`.padEnd(512, 'x')]);
    expect(denied(513)).toEqual([]);
  });

  it('that cannot fit allows all but what fits, and loses no allowed route', () => {
    const methods = ['GET', 'POST', 'PUT', 'DELETE'];
    const routes = Array.from({ length: 75 }, (_, index) =>
      methods.map((method, bit) => {
        const permission = ((index % 14) + 1) & (1 << bit) ? 'a' : 'b';
        return route(
          `/${'long'.repeat(12)}${index}/${index % 2 ? 'all' : '{id}'}`,
          { kind: 'permission', permission },
          method,
        );
      }),
    ).flat();
    const document = policyWriter({ ...policy, routes })({ ...request, permissions: ['a'], scopes: [] });
    const denials = routes
      .filter(({ access }) => access.kind === 'permission' && access.permission === 'b')
      .map(({ method, path }) => `${STAGE}/${method}${path.replace('{id}', '*')}`);
    const kept = allowedBy(document, 'Deny');
    expect(allowedBy(document)).toEqual([`${STAGE}/*`]);
    expect(kept).toEqual(denials.slice(0, kept.length));
    expect(kept.length).toBeLessThan(denials.length);
    const size = JSON.stringify(document).length;
    expect(size).toBeLessThanOrEqual(MAX_POLICY_LENGTH);
    // No more is left out than has to be.
    expect(size + (denials[kept.length]?.length ?? 0) + 150).toBeGreaterThan(MAX_POLICY_LENGTH);
  });
});
