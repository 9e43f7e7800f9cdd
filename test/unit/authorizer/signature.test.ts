import { constants, createPublicKey, verify } from 'node:crypto';
import { compactVerify } from 'jose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ALGORITHMS as VERIFIED } from '../../../lambdas/authorizer/algorithms.ts';
import { decodeToken } from '../../../lambdas/authorizer/decodeToken.ts';
import { keySetProver, signatureCheck } from '../../../lambdas/authorizer/signature.ts';
import { verifiedTokens } from '../../../lambdas/authorizer/verifiedTokens.ts';
import type { VerificationKey } from '../../../lambdas/shared/verificationKeys.ts';
import { altered } from './support/altered.ts';
import { claimsOf, startIssuer, type TestIssuer, tokenIssuerOf } from './support/authorizer.ts';
import { verificationKeyOf } from './support/verificationKeyOf.ts';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
const ALL = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer(ALL);
});
afterAll(() => issuer.close());

/** Keys that pass as fit, and that the OpenSSL of this process cannot import. */
const UNUSABLE: readonly VerificationKey['jwk'][] = [
  { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
  { kty: 'OKP', crv: 'Ed25519', x: 'AA' },
  { kty: 'EC', crv: 'none', x: 'AA', y: 'AA' },
];

/** What a check returns or throws as a promise, whether it waits for something or not. */
const settled = async <T>(check: () => T | Promise<T>) => check();

/** Why a token of this issuer is rejected with these keys; undefined if it is accepted. */
async function outcome(algorithm: string, keys: readonly VerificationKey[]): Promise<unknown> {
  const keySet = { keysFor: async () => keys, newKeysFor: async () => keys };
  const token = decodeToken(await issuer.sign(claimsOf(issuer.url), { kid: algorithm }));
  const prove = keySetProver(tokenIssuerOf(issuer.url), keySet, verifiedTokens());
  return settled(() => prove(token)).then(
    () => undefined,
    (error: { readonly reason?: string }) => error.reason,
  );
}

it.each(ALGORITHMS)(
  'a key of the same id that cannot be imported does not hide the next one: %s',
  async (algorithm) => {
    const good = verificationKeyOf(issuer, algorithm);
    for (const jwk of UNUSABLE) {
      expect(() => createPublicKey({ key: jwk, format: 'jwk' })).toThrow();
      const unusable = { kid: algorithm, jwk, algorithms: [algorithm] };
      expect(await outcome(algorithm, [unusable, good])).toBeUndefined();
      expect(await outcome(algorithm, [unusable, unusable])).toBe('key-unfit');
      expect(await outcome(algorithm, [])).toBe('key-unfit');
    }
  },
);

it('every algorithm that is accepted is compared with another library', () => {
  expect([...ALL].sort()).toEqual(Object.keys(VERIFIED).sort());
});

it.each(ALL)('a token is accepted exactly where another library accepts it: %s', async (algorithm) => {
  const key = verificationKeyOf(issuer, algorithm);
  const keySet = { keysFor: async () => [key], newKeysFor: async () => [key] };
  const prove = keySetProver(tokenIssuerOf(issuer.url), keySet, verifiedTokens());
  const publicKey = createPublicKey({ key: key.jwk, format: 'jwk' });
  const tokens = altered(await issuer.sign(claimsOf(issuer.url), { kid: algorithm }));
  const results: string[] = [];
  for (const compact of tokens) {
    const ours = await settled(() => prove(decodeToken(compact))).then(
      () => 'accepted',
      (error: { readonly reason?: string }) => error.reason ?? 'failed',
    );
    const theirs = await compactVerify(compact, publicKey, { algorithms: [algorithm] }).then(
      () => 'accepted',
      () => 'signature-invalid',
    );
    expect(ours).toBe(theirs);
    results.push(ours);
  }
  expect(results.filter((result) => result === 'accepted')).toHaveLength(1);
});

it('a signature of RSA has all bytes of its modulus, also where OpenSSL accepts one without its leading zero', async () => {
  const key = verificationKeyOf(issuer, 'PS256');
  const publicKey = createPublicKey({ key: key.jwk, format: 'jwk' });
  const check = signatureCheck();
  let token = '';
  // One of 256 begins with a zero.
  while (signatureOf(token)[0] !== 0) token = await issuer.sign(claimsOf(issuer.url), { kid: 'PS256' });
  const input = token.slice(0, token.lastIndexOf('.'));
  const shorter = `${input}.${signatureOf(token).subarray(1).toString('base64url')}`;
  const padding = constants.RSA_PKCS1_PSS_PADDING;
  expect(verify('sha256', Buffer.from(input), { key: publicKey, padding }, signatureOf(shorter))).toBe(true);
  expect(check(decodeToken(token), key)).toBeUndefined();
  expect(check(decodeToken(shorter), key)).toBe('signature-invalid');
});

const signatureOf = (compact: string) => Buffer.from(compact.slice(compact.lastIndexOf('.') + 1), 'base64url');

it('a key proves no token of an algorithm that it is not for', async () => {
  for (const [signed, other] of [
    ['RS256', 'PS256'],
    ['PS256', 'RS256'],
    ['RS256', 'RS512'],
    ['ES256', 'ES384'],
  ] as const) {
    const key = verificationKeyOf(issuer, other);
    expect(await outcome(signed, [key])).toBe('key-unfit');
    // Also where a key of that kind would do, the signature has to be of the algorithm.
    expect(await outcome(signed, [{ ...key, algorithms: [signed] }])).toBe('signature-invalid');
  }
});

it('an error that is not about the key is an error of ours, and no rejection', async () => {
  const good = verificationKeyOf(issuer, 'RS256');
  const token = decodeToken(await issuer.sign(claimsOf(issuer.url), { kid: 'RS256' }));
  const prove = keySetProver(
    tokenIssuerOf(issuer.url),
    { keysFor: async () => [good], newKeysFor: async () => [good] },
    verifiedTokens(),
  );
  const { RS256 } = VERIFIED;
  Object.assign(VERIFIED, { RS256: { ...RS256, hash: 5 } });
  try {
    await expect(settled(() => prove(token))).rejects.toMatchObject({ reason: 'internal' });
  } finally {
    Object.assign(VERIFIED, { RS256 });
  }
  expect(await prove(token)).toBeDefined();
});
