import { describe, expect, it } from 'vitest';
import { denialOf, denialReasons } from '../../../lambdas/authorizer/denial.ts';
import { checkAccess } from '../../../lambdas/runtime/access.ts';
import { callerReader } from '../../../lambdas/runtime/caller.ts';
import type { Rejection } from '../../../lambdas/runtime/problem.ts';
import { problemResponse } from '../../../lambdas/runtime/problemResponse.ts';
import type { AccessPolicy, RouteContract } from '../../../lib/definition/bundledTypes.ts';
import { POLICY } from './support/authorizer.ts';

const needing = (id: string, access: object, more: object = {}) => ({
  id,
  method: 'GET',
  path: `/${id}`,
  access,
  ...more,
});
const policy = (...routes: readonly object[]) => ({ ...POLICY, routes }) as unknown as AccessPolicy;
const read = needing('read', { kind: 'permission', permission: 'a', scopes: ['things.read'] });
const write = needing('write', { kind: 'permission', permission: 'b' });
const open = needing('open', { kind: 'public' });
const mine = { permissions: ['a'], scopes: [] };

describe('why routes deny a caller, as each line of the access log has it', () => {
  const caller = (permissions: readonly string[], exclusive: readonly string[] = []) => ({
    permissions,
    scopes: [],
    ignored: { unknown: [], exclusive, ended: [], tier: undefined },
  });

  it('is one reason, where all routes that deny have the same', () => {
    expect(denialReasons(policy(write, open), caller([]))).toBe('permission-missing');
    expect(denialReasons(policy(read, open), caller(['a']))).toBe('scope-missing');
  });

  it('is every reason, sorted, where they differ', () => {
    const own = needing('own', { kind: 'permission', permission: 'a' }, { where: { id: 'tenant' } });
    expect(denialReasons(policy(own, write, read), caller(['a']))).toBe(
      'claim-mismatch permission-missing scope-missing',
    );
  });

  it('is that roles exclude each other, where one of them has the permission', () => {
    const roles = { keeper: ['b'] };
    expect(denialReasons({ ...policy(write), roles }, caller([], ['keeper']))).toBe('roles-exclusive');
  });

  it('is empty, where no route denies', () => {
    expect(denialReasons(policy(open), caller([]))).toBe('');
  });
});

describe('what a denied caller learns, for all routes that the cached policy denies', () => {
  it('is that a scope is missing, where nothing else is', () => {
    expect(denialOf(policy(read, open), mine)).toMatchObject({ code: 'insufficient-scope' });
  });

  it('is that a permission is missing, where no scope is', () => {
    expect(denialOf(policy(write, open), mine)).toMatchObject({
      code: 'forbidden',
      detail: 'The caller has no permission for this route.',
    });
    expect(denialOf(policy(read, write), { permissions: [], scopes: [] }).code).toBe('forbidden');
  });

  it('is that one of the two is missing, where both occur', () => {
    const either = { code: 'forbidden', detail: expect.stringMatching(/no permission .* or .* scope/) };
    expect(denialOf(policy(read, write), mine)).toMatchObject(either);
    expect(denialOf(policy(read, { ...read, where: { id: 'tenant' } }), mine)).toMatchObject(either);
  });
});

describe('the handler', () => {
  const contract = { access: { kind: 'scopes', scopes: ['things.read', 'things.write'] } } as unknown as RouteContract;
  const authorizer = {
    subject: 'u',
    issuer: 'https://i',
    roles: '',
    scopes: 'things.read',
    tier: 'free',
    client: 'c',
    expires: '9999999999',
  };
  const rejected = (given: object) => {
    try {
      checkAccess(
        { resource: '/', httpMethod: 'GET', requestContext: { authorizer: { ...authorizer, ...given } } },
        contract,
        callerReader({ roles: {}, exclusive: [] }),
        0,
      );
      return undefined;
    } catch (error) {
      return error as Rejection;
    }
  };

  it('names the scopes of the route (RFC 6750, section 3.1)', () => {
    const { statusCode, headers, body } = problemResponse(rejected({}) as Rejection, 'r1');
    expect([statusCode, headers['www-authenticate'], JSON.parse(body)]).toMatchObject([
      403,
      'Bearer error="insufficient_scope", scope="things.read things.write"',
      {
        code: 'insufficient-scope',
        title: 'Insufficient scope',
        detail: 'The route needs a token with the scopes: things.read things.write.',
      },
    ]);
    expect(rejected({ scopes: 'things.read things.write' })).toBeUndefined();
  });
});
