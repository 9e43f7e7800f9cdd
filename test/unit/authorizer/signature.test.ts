import { createPublicKey } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { decodeToken } from '../../../lambdas/authorizer/decodeToken.ts';
import { keySetProver } from '../../../lambdas/authorizer/signature.ts';
import { verifiedTokens } from '../../../lambdas/authorizer/verifiedTokens.ts';
import { type VerificationKey, verificationKey } from '../../../lambdas/shared/verificationKeys.ts';
import { claimsOf, startIssuer, type TestIssuer, tokenIssuerOf } from './support/authorizer.ts';

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'] as const;
let issuer: TestIssuer;
beforeAll(async () => {
  issuer = await startIssuer(ALGORITHMS);
});
afterAll(() => issuer.close());

/** Keys that pass as fit, and that the OpenSSL of this process cannot import. */
const UNUSABLE: readonly VerificationKey['jwk'][] = [
  { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' },
  { kty: 'OKP', crv: 'Ed25519', x: 'AA' },
  { kty: 'EC', crv: 'none', x: 'AA', y: 'AA' },
];

/** Why a token of this issuer is rejected with these keys; undefined if it is accepted. */
async function outcome(algorithm: string, keys: readonly VerificationKey[]): Promise<unknown> {
  const keySet = { keysFor: async () => keys, newKeysFor: async () => keys };
  const token = decodeToken(await issuer.sign(claimsOf(issuer.url), { kid: algorithm }));
  return keySetProver(
    tokenIssuerOf(issuer.url),
    keySet,
    verifiedTokens(),
  )(token).then(
    () => undefined,
    (error: { readonly reason?: string }) => error.reason,
  );
}

it.each(ALGORITHMS)(
  'a key of the same id that cannot be imported does not hide the next one: %s',
  async (algorithm) => {
    const good = verificationKey(issuer.publicJwk(algorithm));
    if (typeof good === 'string') throw new Error(good);
    for (const jwk of UNUSABLE) {
      expect(() => createPublicKey({ key: jwk, format: 'jwk' })).toThrow();
      const unusable = { kid: algorithm, jwk, algorithms: [algorithm] };
      expect(await outcome(algorithm, [unusable, good])).toBeUndefined();
      expect(await outcome(algorithm, [unusable, unusable])).toBe('key-unfit');
      expect(await outcome(algorithm, [])).toBe('key-unfit');
    }
  },
);
