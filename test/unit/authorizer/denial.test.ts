import { describe, expect, it } from 'vitest';
import { callerAccess } from '../../../lambdas/authorizer/callerAccess.ts';
import { checkAccess } from '../../../lambdas/runtime/access.ts';
import { callerReader } from '../../../lambdas/runtime/caller.ts';
import type { Rejection } from '../../../lambdas/runtime/problem.ts';
import { problemResponse } from '../../../lambdas/runtime/problemResponse.ts';
import { authorizerPolicy } from '../../../lib/access/index.ts';
import type { AccessPolicy, RouteContract } from '../../../lib/definition/bundledTypes.ts';
import { POLICY, STAGE } from './support/authorizer.ts';
import { withRoleOfEach } from './support/policies.ts';

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
/** The access of a caller by its permissions; of the excluded ones it has none. */
const accessOf = (policy: AccessPolicy, roles: readonly string[], exclusive: readonly string[] = []) =>
  callerAccess(authorizerPolicy(withRoleOfEach(policy)))(
    { roles, scopes: [], claims: {}, ignored: { exclusive } },
    `${STAGE}/GET/r`,
  );
const reasonsFor = (...given: Parameters<typeof accessOf>) => accessOf(...given).denialReasons;
const denialFor = (...given: Parameters<typeof accessOf>) => accessOf(...given).denial;

describe('why routes deny a caller, as each line of the access log has it', () => {
  it('is one reason, where all routes that deny have the same', () => {
    expect(reasonsFor(policy(write, open), [])).toBe('permission-missing');
    expect(reasonsFor(policy(read, open), ['a'])).toBe('scope-missing');
  });

  it('is every reason, sorted, where they differ', () => {
    const own = needing('own', { kind: 'permission', permission: 'a' }, { where: { id: 'tenant' } });
    expect(reasonsFor(policy(own, write, read), ['a'])).toBe('claim-mismatch permission-missing scope-missing');
  });

  it('is that roles exclude each other, where one of them has the permission', () => {
    expect(reasonsFor(policy(write), [], ['b'])).toBe('roles-exclusive');
  });

  it('is empty, where no route denies', () => {
    expect(reasonsFor(policy(open), [])).toBe('');
  });
});

describe('what a denied caller learns, for all routes that the cached policy denies', () => {
  it('is that a scope is missing, where nothing else is', () => {
    expect(denialFor(policy(read, open), ['a'])).toMatchObject({ code: 'insufficient-scope' });
  });

  it('is that a permission is missing, where no scope is', () => {
    expect(denialFor(policy(write, open), ['a'])).toMatchObject({
      code: 'forbidden',
      detail: 'The caller has no permission for this route.',
    });
    expect(denialFor(policy(read, write), []).code).toBe('forbidden');
  });

  it('is that one of the two is missing, where both occur', () => {
    const either = { code: 'forbidden', detail: expect.stringMatching(/no permission .* or .* scope/) };
    expect(denialFor(policy(read, write), ['a'])).toMatchObject(either);
    expect(denialFor(policy(read, { ...read, where: { id: 'tenant' } }), ['a'])).toMatchObject(either);
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
