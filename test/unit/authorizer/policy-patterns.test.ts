import { describe, expect, it } from 'vitest';
import { denyAll, MAX_POLICY_LENGTH, policyWriter } from '../../../lambdas/authorizer/policy.ts';
import type { AccessPolicy } from '../../../lib/definition/bundledTypes.ts';
import { POLICY, STAGE } from './support/authorizer.ts';

type Route = AccessPolicy['routes'][number];
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

/** How a policy is asked for; by default a permitted request of the path `/r`. */
const asking = (
  { permissions = [], scopes = [] }: Grants,
  {
    permitted = true,
    methodArn = `${STAGE}/GET/r`,
  }: { readonly permitted?: boolean; readonly methodArn?: string } = {},
) => ({ permissions, scopes, permitted, methodArn });

const lengthOf = (value: unknown) => JSON.stringify(value).length;

describe('a policy', () => {
  const policy = {
    ...POLICY,
    routes: [
      route('GET', '/notes/{id}', needing('read')),
      route('GET', '/notes/{id}/history', needing('audit')),
      route('PUT', '/notes/{id}', needing('write')),
    ],
  };
  const write = policyWriter(policy);

  it('that allows nothing denies the stage', () => {
    const nothing = document(statement('Deny', '*'));
    expect(denyAll(`${STAGE}/GET/documents/1`)).toEqual(nothing);
    expect(write(asking({}, { permitted: false }))).toEqual(nothing);
  });

  it('allows what is granted and denies what that would reach', () => {
    expect(write(asking({ permissions: ['read'] }))).toEqual(
      document(statement('Allow', 'GET/notes/*'), statement('Deny', 'GET/notes/*/history')),
    );
    expect(write(asking({ permissions: ['read', 'audit', 'write'] }))).toEqual(document(statement('Allow', '*')));
  });

  it('denies the refused request itself, first', () => {
    const methodArn = `${STAGE}/GET/notes/1/history`;
    expect(write(asking({ permissions: ['read'] }, { permitted: false, methodArn }))).toEqual(
      document(statement('Allow', 'GET/notes/*'), statement('Deny', 'GET/notes/1/history', 'GET/notes/*/history')),
    );
  });

  it.each(['*', '?', '$'])('does not deny the refused request where its path has a %s, a wildcard there', (sign) => {
    const methodArn = `${STAGE}/PUT/notes/${sign}`;
    expect(write(asking({ permissions: ['read'] }, { permitted: false, methodArn }))).toEqual(
      document(statement('Allow', 'GET/notes/*'), statement('Deny', 'GET/notes/*/history')),
    );
  });

  it('denies the refused request up to 512 characters, which is what a resource may have', () => {
    const denied = (length: number) => {
      const methodArn = `${STAGE}/PUT/notes/`.padEnd(length, 'n');
      const { Statement } = write(asking({ permissions: ['read'] }, { permitted: false, methodArn }));
      return Statement.flatMap(({ Resource }) => Resource).includes(methodArn);
    };
    expect([denied(512), denied(513)]).toEqual([true, false]);
  });
});

describe('what is kept of a policy', () => {
  const grants: readonly Grants[] = [
    { permissions: ['a'] },
    { scopes: ['a'] },
    { permissions: ['b'] },
    { permissions: ['a', 'b'] },
    { permissions: ['ab'] },
    { permissions: ['a'], scopes: ['b'] },
    { permissions: ['ab'], scopes: [] },
    { permissions: [], scopes: ['a', 'b'] },
    { permissions: [], scopes: ['ab'] },
  ];
  const routes = [
    route('GET', '/one', needing('a')),
    route('PUT', '/two', needing('b')),
    route('POST', '/three', needing('ab')),
    route('GET', '/four', { kind: 'scopes', scopes: ['a'] }),
    route('PUT', '/five', { kind: 'scopes', scopes: ['b'] }),
    route('POST', '/six', { kind: 'scopes', scopes: ['ab'] }),
    route('DELETE', '/seven', needing('never')),
  ];

  /** A writer that counts how often it works a policy out. */
  const counted = () => {
    let count = 0;
    const policy = {
      ...POLICY,
      get routes() {
        count += 1;
        return routes;
      },
    };
    return { write: policyWriter(policy), count: () => count };
  };

  it('is of the same grants only', () => {
    const { write } = counted();
    for (const some of [...grants, ...grants]) {
      expect(write(asking(some))).toEqual(policyWriter({ ...POLICY, routes })(asking(some)));
    }
  });

  it('is worked out once, whatever order the grants have', () => {
    const { write, count } = counted();
    const expected = write(asking({ permissions: ['a', 'b'], scopes: ['a', 'ab'] }));
    expect(write(asking({ permissions: ['b', 'a'], scopes: ['ab', 'a'] }))).toEqual(expected);
    expect(count()).toBe(1);
  });

  it('has an end: two hundred sets of grants are kept, and those that come after work as well', () => {
    const { write, count } = counted();
    const ask = (index: number) => write(asking({ permissions: ['a', `other${index}`] }));
    for (let index = 0; index < 200; index += 1) ask(index);
    for (let index = 0; index < 200; index += 1) ask(index);
    expect(count()).toBe(200);
    expect(ask(200)).toEqual(document(statement('Allow', 'GET/one')));
    expect(ask(200)).toEqual(document(statement('Allow', 'GET/one')));
    expect(count()).toBe(202);
    ask(199);
    expect(count()).toBe(202);
  });
});

describe('a policy that is too long', () => {
  /** One allowed route of a length and some that are not allowed. */
  const written = (nameLength: number, denied: readonly string[], permitted = true) => {
    const routes = [
      route('GET', `/${'n'.repeat(nameLength)}`, needing('a')),
      ...denied.map((path) => route('GET', path, needing('never'))),
    ];
    return policyWriter({ ...POLICY, routes })(asking({ permissions: ['a'] }, { permitted }));
  };
  const overhead = lengthOf(document(statement('Allow', 'GET/')));

  it('is one of more than 8,192 characters; then everything is allowed but the rest', () => {
    const longest = MAX_POLICY_LENGTH - overhead;
    const name = 'n'.repeat(longest);
    expect(lengthOf(written(longest, ['/other']))).toBe(8192);
    expect(written(longest, ['/other'])).toEqual(document(statement('Allow', `GET/${name}`)));
    expect(written(longest + 1, ['/other'])).toEqual(document(statement('Allow', '*'), statement('Deny', 'GET/other')));
  });

  it('denies the refused request first then, too', () => {
    expect(written(9000, ['/other'], false)).toEqual(
      document(statement('Allow', '*'), statement('Deny', 'GET/r', 'GET/other')),
    );
  });

  it('allows everything where nothing can be denied without a part of what is allowed', () => {
    expect(written(9000, [])).toEqual(document(statement('Allow', '*')));
  });

  it.each([0, 1, 2, 3, 4, 5])('denies as many routes as fit, in their order, the last of them by %i more', (more) => {
    const denied = Array.from({ length: 300 }, (_, index) => `/${'d'.repeat(more)}${String(index).padStart(20, '0')}`);
    const policy = written(9000, denied);
    const [allow, deny] = policy.Statement;
    const kept = deny?.Resource ?? [];
    expect(allow).toEqual(statement('Allow', '*'));
    expect(deny).toEqual(statement('Deny', ...denied.slice(0, kept.length).map((path) => `GET${path}`)));
    const next = [...kept, `${STAGE}/GET${denied[kept.length]}`];
    expect(lengthOf(policy)).toBeLessThanOrEqual(8192);
    expect(lengthOf({ ...policy, Statement: [allow, { ...deny, Resource: next }] })).toBeGreaterThan(8192);
  });

  it('fills it to the last character', () => {
    const full = lengthOf(document(statement('Allow', '*'), statement('Deny', 'GET/')));
    const name = 'd'.repeat(MAX_POLICY_LENGTH - full);
    expect(written(9000, [`/${name}`])).toEqual(document(statement('Allow', '*'), statement('Deny', `GET/${name}`)));
    expect(written(9000, [`/${name}d`, '/other'])).toEqual(document(statement('Allow', '*')));
  });
});
