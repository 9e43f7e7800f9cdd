import { describe, expect, it } from 'vitest';
import { callerAccess, requestedRoutes } from '../../../lambdas/authorizer/callerAccess.ts';
import { authorizerPolicy } from '../../../lib/access/index.ts';
import { allows, POLICY, STAGE } from './support/authorizer.ts';

const permission = (name: string) => ({ kind: 'permission', permission: name }) as const;
const policy = authorizerPolicy({
  ...POLICY,
  roles: { reader: ['read'], writer: ['read', 'write'], keeper: ['keep'] },
  scopes: ['notes.read'],
  routes: [
    { id: 'list', method: 'GET', path: '/notes', access: permission('read') },
    { id: 'add', method: 'POST', path: '/notes', access: permission('write') },
    { id: 'keep', method: 'PUT', path: '/notes/{id}', access: permission('keep') },
    { id: 'scoped', method: 'GET', path: '/export', access: { kind: 'scopes', scopes: ['notes.read'] } },
    { id: 'own', method: 'GET', path: '/tenants/{t}', access: permission('read'), where: { t: 'tenant' } },
  ],
});
const caller = (
  roles: readonly string[],
  { scopes = [], claims = {}, exclusive = [] }: { scopes?: string[]; claims?: object; exclusive?: string[] } = {},
) => ({ roles, scopes, claims: { ...claims }, ignored: { exclusive } });
const METHOD_ARN = `${STAGE}/GET/notes`;

describe('the access of a caller', () => {
  it('is the same object for the same roles in any order, so that it is computed once', () => {
    const access = callerAccess(policy);
    const first = access(caller(['reader', 'keeper']), METHOD_ARN);
    expect(access(caller(['keeper', 'reader', 'ghost']), `${STAGE}/PUT/notes/1`)).toBe(first);
  });

  it.each([
    ['role', caller(['writer'])],
    ['scope', caller(['reader'], { scopes: ['notes.read'] })],
    ['claim that a route compares', caller(['reader'], { claims: { tenant: 'acme' } })],
    ['value of that claim', caller(['reader'], { claims: { tenant: 'beta' } })],
    ['role without effect', caller(['reader'], { exclusive: ['writer'] })],
  ])('is another one with another %s', (_what, other) => {
    const access = callerAccess(policy);
    const known = [
      access(caller(['reader']), METHOD_ARN),
      access(caller(['reader'], { claims: { tenant: 'x' } }), METHOD_ARN),
    ];
    expect(known).not.toContain(access(other, METHOD_ARN));
    expect(access(other, METHOD_ARN)).toEqual(
      expect.objectContaining({ denial: callerAccess(policy)(other, METHOD_ARN).denial }),
    );
  });

  it('has the policy of the stage of the request, whichever stages came before', () => {
    const access = callerAccess(policy);
    const stages = ['live', 'test', 'live', 'beta', 'test'].map((name) => STAGE.replace(/[^/]*$/, name));
    const granted = stages.map((stage) => access(caller(['reader']), `${stage}/GET/notes`).policies.permitted.document);
    for (const [i, { Statement }] of granted.entries())
      expect(Statement.flatMap(({ Resource }) => Resource).filter((arn) => !arn.startsWith(`${stages[i]}/`))).toEqual(
        [],
      );
    expect(new Set(granted).size).toBe(3);
  });

  it('is kept for a thousand sets of roles with policies as long as they can be', () => {
    const numbers = Array.from({ length: 600 }, (_, i) => i);
    const scattered = authorizerPolicy({
      ...POLICY,
      roles: Object.fromEntries(numbers.slice(0, 50).map((role) => [`r${role}`, [`p${role}`]])),
      scopes: [],
      routes: numbers.map((i) => ({
        id: `route${i}`,
        method: 'GET',
        path: `/parts/with-a-long-name/number-${i}`,
        access: permission(`p${(i * 7) % 50}`),
      })),
    });
    const access = callerAccess(scattered);
    const sets = numbers
      .slice(0, 46)
      .flatMap((i) => numbers.slice(i + 1, 46).map((j) => [i, j, 46, 47, 48, 49].map((role) => `r${role}`)))
      .slice(0, 1_000);
    const first = sets.map((roles) => access(caller(roles), METHOD_ARN));
    expect(JSON.stringify(first[0]?.policies.permitted.document).length).toBeGreaterThan(7_000);
    expect(sets.filter((roles, i) => access(caller(roles), METHOD_ARN) !== first[i])).toEqual([]);
  });

  it('ends with a role: a token without it gets another policy at once', () => {
    const access = callerAccess(policy);
    const documentFor = (roles: readonly string[]) => access(caller(roles), METHOD_ARN).policies.permitted.document;
    expect(allows(documentFor(['writer']), 'POST', '/notes')).toBe(true);
    expect(allows(documentFor(['reader']), 'POST', '/notes')).toBe(false);
    expect(allows(documentFor(['writer']), 'POST', '/notes')).toBe(true);
  });

  it('is given to several requests, so nobody can change its policy', () => {
    // The second one has no route.
    for (const roles of [['reader'], []]) {
      const { permitted } = callerAccess(policy)(caller(roles), METHOD_ARN).policies;
      expect(Object.isFrozen(permitted.document.Statement)).toBe(true);
      for (const statement of permitted.document.Statement) {
        expect([Object.isFrozen(statement), Object.isFrozen(statement.Resource)]).toEqual([true, true]);
      }
    }
  });

  it('does not carry the denial of one request to another', () => {
    const access = callerAccess(policy);
    const { rejecting } = access(caller(['reader']), METHOD_ARN).policies;
    expect(JSON.stringify(rejecting(`${STAGE}/POST/notes`).document)).toContain('POST/notes');
    expect(JSON.stringify(rejecting(`${STAGE}/PUT/notes/1`).document)).not.toContain('POST/notes');
    const { permitted } = access(caller(['reader']), METHOD_ARN).policies;
    expect(JSON.stringify(permitted.document)).not.toContain('PUT/notes/1');
  });

  it('says what is missing for a route', () => {
    const missing = (id: string, ...given: Parameters<typeof caller>) => {
      const route = policy.routes.find((one) => one.id === id) ?? expect.fail(id);
      return callerAccess(policy)(caller(...given), METHOD_ARN).missing(route);
    };
    expect(missing('list', ['reader'])).toBeUndefined();
    expect(missing('keep', ['reader'])).toBe('permission-missing');
    expect(missing('keep', [], { exclusive: ['keeper'] })).toBe('roles-exclusive');
    expect(missing('scoped', ['writer'])).toBe('scope-missing');
    expect(missing('scoped', [], { scopes: ['notes.read'] })).toBeUndefined();
  });
});

describe('the requested route', () => {
  it('is found by method and path, HEAD by GET', () => {
    const find = requestedRoutes(policy);
    const idOf = (httpMethod: string, resource: string) => find({ httpMethod, resource })?.id;
    expect([idOf('GET', '/notes'), idOf('HEAD', '/notes'), idOf('PUT', '/notes/{id}')]).toEqual([
      'list',
      'list',
      'keep',
    ]);
    expect([idOf('DELETE', '/notes'), idOf('GET', '/notes/1')]).toEqual([undefined, undefined]);
  });
});
