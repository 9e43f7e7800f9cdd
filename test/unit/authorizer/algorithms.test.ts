import { describe, expect, it } from 'vitest';
import { fitsAlgorithm } from '../../../lambdas/authorizer/algorithms.ts';

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
