import { describe, expect, it } from 'vitest';
import { fitsAlgorithm } from '../../../lambdas/authorizer/algorithms.ts';
import { isTarget } from '../../../lambdas/authorizer/binding/dpopProof.ts';
import { checkClaims, clientOf } from '../../../lambdas/authorizer/claims.ts';
import { readCredentials } from '../../../lambdas/authorizer/credentials.ts';
import type { AuthorizerEvent } from '../../../lambdas/authorizer/event.ts';
import { authorizerResult } from '../../../lambdas/authorizer/result.ts';
import { ttlCache } from '../../../lambdas/authorizer/ttlCache.ts';
import { isOwner, missingGrant, permissionsOf } from '../../../lambdas/shared/grants.ts';
import { jsonFault } from '../../../lambdas/shared/json.ts';
import { eventOf, tokenIssuerOf } from './support/authorizer.ts';

describe('the credentials of a request', () => {
  const read = (change: Partial<AuthorizerEvent>) => {
    try {
      return readCredentials({ ...eventOf(undefined), ...change });
    } catch (error) {
      return (error as { readonly reason?: string }).reason;
    }
  };
  const header = (value: string) => read({ multiValueHeaders: { Authorization: [value] } });

  it.each([
    ['Bearer abc', { scheme: 'bearer', token: 'abc' }],
    ['bEARER   a.b-c_d~e+f/g==', { scheme: 'bearer', token: 'a.b-c_d~e+f/g==' }],
    ['DPoP abc', { scheme: 'dpop', token: 'abc' }],
    [`Bearer ${'a'.repeat(8185)}`, { scheme: 'bearer', token: 'a'.repeat(8185) }],
    [`Bearer ${'a'.repeat(8186)}`, 'authorization-too-large'],
    ['Basic abc', 'scheme-unsupported'],
    ['', 'authorization-malformed'],
    ['Bearer', 'authorization-malformed'],
    ['Bearer a b', 'authorization-malformed'],
    ['Bearer a,', 'authorization-malformed'],
    [' Bearer a', 'authorization-malformed'],
    ['Be(rer a', 'authorization-malformed'],
  ])('are read of one header: %j', (value, credentials) => {
    expect(header(value)).toEqual(credentials);
  });

  it('are read of single headers where those of many values are not given', () => {
    const headers = { Host: 'Bearer host', authorization: 'Bearer a' };
    for (const multiValueHeaders of [undefined, null, {}]) {
      expect(read({ headers, multiValueHeaders })).toEqual({ scheme: 'bearer', token: 'a' });
      expect(read({ headers: { Host: 'Bearer host' }, multiValueHeaders })).toBe('authorization-missing');
      expect(read({ headers: { authorization: undefined }, multiValueHeaders })).toBe('authorization-missing');
      expect(read({ headers: null, multiValueHeaders })).toBe('authorization-missing');
    }
  });

  it('are those of the one header, however it is written', () => {
    const headers = { authorization: 'Bearer single' };
    expect(read({ headers, multiValueHeaders: { AUTHORIZATION: ['Bearer many'] } })).toMatchObject({ token: 'many' });
    expect(read({ headers, multiValueHeaders: { authorization: undefined } })).toBe('authorization-missing');
    expect(read({ multiValueHeaders: { authorization: ['Bearer a', 'Bearer a'] } })).toBe('authorization-duplicate');
    expect(read({ headers: { Authorization: 'Bearer a', authorization: 'Bearer a' }, multiValueHeaders: null })).toBe(
      'authorization-duplicate',
    );
  });
});

describe('proven claims', () => {
  const NOW = 1_800_000_000;
  const rules = tokenIssuerOf('https://i.example');
  const check = (change: Readonly<Record<string, unknown>>, more = {}) => {
    const good = { iss: 'https://i.example', aud: 'documents', sub: 'u', iat: NOW - 10, exp: NOW + 60 };
    try {
      checkClaims({ ...good, ...change } as Parameters<typeof checkClaims>[0], { ...rules, ...more }, NOW);
      return 'accepted';
    } catch (error) {
      return (error as { readonly reason?: string }).reason;
    }
  };

  it.each([
    ['accepted', {}],
    ['accepted', { sub: 's'.repeat(255) }],
    ['subject-invalid', { sub: 's'.repeat(256) }],
    ['subject-invalid', { sub: 7 }],
    ['kind-rejected', { c_hash: 'x' }],
    ['accepted', { token_use: 'access' }],
    ['accepted', { nbf: NOW + 5 }],
    ['not-yet-valid', { nbf: NOW + 6 }],
    ['accepted', { iat: NOW + 5 }],
    ['issued-in-future', { iat: NOW + 6 }],
    ['accepted', { iat: undefined, exp: NOW + 3600 }],
    ['lifetime-too-long', { iat: undefined, exp: NOW + 3601 }],
    ['accepted', { iat: NOW - 3000, exp: NOW + 600 }],
    ['lifetime-too-long', { iat: NOW - 3000, exp: NOW + 601 }],
    ['expired', { exp: NOW - 5 }],
    ['accepted', { exp: NOW - 4 }],
    ['audience-invalid', { aud: [] }],
  ])('are %s: %j', (outcome, change) => {
    expect(check(change)).toBe(outcome);
  });

  it('may be for one audience of several, and from one client of several', () => {
    expect(check({ aud: ['x', 'b'] }, { audience: ['a', 'b'] })).toBe('accepted');
    expect(check({ client_id: 'two' }, { clientIds: ['one', 'two'] })).toBe('accepted');
    expect(check({ client_id: ['two'] }, { clientIds: ['one', 'two'] })).toBe('client-invalid');
  });

  it('name a client by a text alone, of their own', () => {
    expect(clientOf({ client_id: 'acme' }, { clientClaim: 'client_id' })).toBe('acme');
    expect(clientOf({ client_id: ['acme'] }, { clientClaim: 'client_id' })).toBe('');
    expect(clientOf({}, { clientClaim: 'constructor' })).toBe('');
  });
});

describe('a JSON text', () => {
  it.each([
    ['{"a":{"a":1},"b":[{"a":1},{"a":2}]}', undefined],
    ['[[1],[2],{"a":[3]}]', undefined],
    ['{"a":["b","b",{"b":"b"}],"c":"a"}', undefined],
    ['{"a":"\\"b","b":"{","c":"a,b","d":"\\\\"}', undefined],
    ['[1e5,-1.5E-3,123456789,0]', undefined],
    ['["__proto__","a\\ud83d\\ude00"]', undefined],
    ['[[[[1]]]]', 'too-deep'],
    ['{"a":{"b":{"c":{}}}}', 'too-deep'],
    ['[1e999]', 'number-out-of-range'],
    ['{"a":-1E+999}', 'number-out-of-range'],
    ['["\\ud800"]', 'string-not-well-formed'],
    ['{"\\udc00":1}', 'string-not-well-formed'],
    ['{"__proto__":1}', 'name-rejected'],
    ['{"a":1,"constructor":1}', 'name-rejected'],
    ['[{"prototype":1}]', 'name-rejected'],
    ['{"a":1,"a":1}', 'name-repeated'],
    ['{"a":{"b":1},"a":2}', 'name-repeated'],
    ['{"a":[1],"\\u0061":2}', 'name-repeated'],
  ])('%s has the fault %s', (text, fault) => {
    expect(jsonFault(text, 3)).toBe(fault);
  });
});

describe('a key is one for an algorithm', () => {
  const bytes = (count: number) => Buffer.alloc(count, 1).toString('base64url');
  const rsa = { kty: 'RSA', n: bytes(256), e: 'AQAB' } as const;

  it.each([
    ['RS256', rsa, true],
    ['PS512', { ...rsa, use: 'sig', alg: 'PS512' }, true],
    ['RS256', { ...rsa, n: bytes(255) }, false],
    ['RS256', { ...rsa, n: undefined }, false],
    ['RS256', { ...rsa, use: 'enc' }, false],
    ['RS256', { ...rsa, alg: 'RS384' }, false],
    ['HS256', { kty: 'oct' }, false],
    ['constructor', rsa, false],
    ['ES256', { kty: 'EC', crv: 'P-256' }, true],
    ['ES256', { kty: 'EC', crv: 'P-384' }, false],
    ['ES384', { kty: 'EC', crv: 'P-384' }, true],
    ['ES512', { kty: 'EC', crv: 'P-521' }, true],
    ['ES256', { kty: 'EC' }, false],
    ['ES256', rsa, false],
    ['EdDSA', { kty: 'OKP', crv: 'Ed25519' }, true],
    ['EdDSA', { kty: 'OKP', crv: 'Ed448' }, true],
    ['EdDSA', { kty: 'OKP', crv: 'X25519' }, false],
  ])('%s, %j: %s', (alg, jwk, fit) => {
    expect(fitsAlgorithm(alg, jwk as Parameters<typeof fitsAlgorithm>[1])).toBe(fit);
  });
});

describe('the target of a proof', () => {
  const at = { requestContext: { domainName: 'api.example', path: '/prod/a%20b' }, path: '/a%20b' };
  const targets = (htu: string, change: Partial<AuthorizerEvent> = at) =>
    isTarget(htu, { ...eventOf(undefined), ...change });

  it.each([
    ['https://api.example/prod/a%20b', true],
    ['https://api.example/a%20b', true],
    ['https://API.example:443/a b?query#fragment', true],
    ['https://api.example/a%2Fb', false],
    ['https://api.example/', false],
    ['https://api.example:444/a%20b', false],
    ['https://other.example/a%20b', false],
    ['http://api.example/a%20b', false],
    ['/a%20b', false],
    ['', false],
  ])('%s is the URL of the request: %s', (htu, is) => {
    expect(targets(htu)).toBe(is);
  });

  it('is none where the event does not tell host or path', () => {
    expect(targets('https://undefined/a', { path: '/a' })).toBe(false);
    expect(targets('https://undefined/a', { path: '/a', requestContext: undefined })).toBe(false);
    expect(targets('', { path: '/a', requestContext: undefined })).toBe(false);
    expect(targets('https://api.exampleundefined/', { requestContext: { domainName: 'api.example' } })).toBe(false);
    expect(targets('nonsense', { path: '%', requestContext: { domainName: ' ' } })).toBe(false);
  });
});

describe('answers that are kept for a time', () => {
  it('are given until their age, or their end before it', () => {
    let now = 0;
    const kept = ttlCache<string>(100, () => now);
    kept.set('aged', 'a');
    kept.set('ended', 'b', 50);
    now = 49;
    expect([kept.get('aged'), kept.get('ended'), kept.get('never')]).toEqual(['a', 'b', undefined]);
    now = 50;
    expect([kept.get('aged'), kept.get('ended')]).toEqual(['a', undefined]);
    now = 100;
    expect(kept.get('aged')).toBeUndefined();
    kept.set('aged', 'c');
    kept.delete('aged');
    expect(kept.get('aged')).toBeUndefined();
  });

  it('are ten thousand at most, the oldest of which goes first', () => {
    const kept = ttlCache<number>(100, () => 0);
    for (let index = 0; index < 10_000; index += 1) kept.set(String(index), index);
    expect(kept.get('0')).toBe(0);
    kept.set('0', 0);
    expect(kept.get('1')).toBe(1);
    kept.set('new', -1);
    expect([kept.get('0'), kept.get('1'), kept.get('2'), kept.get('new')]).toEqual([0, undefined, 2, -1]);
  });
});

describe('what a caller may do', () => {
  it('is the sorted sum of its roles, names of prototypes aside', () => {
    expect(permissionsOf({ one: ['c:z', 'a:z'], two: ['b:z', 'a:z'] }, ['one', 'constructor', 'two'])).toEqual([
      'a:z',
      'b:z',
      'c:z',
    ]);
  });

  it('asks for no scope where the route asks for none', () => {
    const open = { kind: 'authenticated', scopes: ['never'] } as Parameters<typeof missingGrant>[0];
    expect(missingGrant(open, { permissions: [], scopes: [] })).toBeUndefined();
  });

  it('is nothing of others without an exception', () => {
    const permissions = [undefined] as unknown as readonly string[];
    expect(isOwner({ field: 'by' }, { id: 'i', permissions }, { by: 'other' })).toBe(false);
  });

  it('is told to API Gateway in texts', () => {
    const policyDocument = { Version: '2012-10-17', Statement: [] } as const;
    const caller = {
      subject: 'u',
      client: 'acme',
      roles: ['a', 'b'],
      permissions: [],
      scopes: ['x', 'y'],
      tier: 'free',
      expires: 5,
      issuer: 'https://i.example',
      ignored: { unknown: [], exclusive: [], ended: [], tier: undefined },
    };
    expect(authorizerResult(caller, { policyDocument, apiKey: 'key', rejection: 'forbidden' })).toEqual({
      principalId: 'u',
      policyDocument,
      context: {
        subject: 'u',
        roles: 'a b',
        scopes: 'x y',
        tier: 'free',
        client: 'acme',
        expires: '5',
        issuer: 'https://i.example',
        rejectionCode: 'forbidden',
        rejectionDetail: 'The caller has no permission for this route.',
      },
      usageIdentifierKey: 'key',
    });
  });
});
