import { createHash, generateKeyPairSync, randomUUID, sign } from 'node:crypto';
import fc from 'fast-check';
import {
  calculateJwkThumbprint,
  compactVerify,
  EmbeddedJWK,
  exportJWK,
  generateKeyPair,
  type JWK,
  SignJWT,
} from 'jose';
import { describe, expect, it } from 'vitest';
import { checkProof } from '../../../../lambdas/authorizer/binding/dpopProof.ts';
import { keyThumbprint } from '../../../../lambdas/authorizer/binding/keyThumbprint.ts';
import { verificationKey } from '../../../../lambdas/shared/verificationKeys.ts';
import { PROOF_ALGORITHMS } from '../../../../lambdas/shared/wireContract.ts';
import { altered } from '../support/altered.ts';
import { eventOf, tokenIssuerOf } from '../support/authorizer.ts';

const HOST = 'api.example.com';
const TOKEN = 'a.bound.token';
const ISSUER = tokenIssuerOf('https://login.example.com');

async function proofOf(algorithm: string, change: (jwk: JWK) => JWK = (jwk) => jwk) {
  const { privateKey, publicKey } = await generateKeyPair(algorithm, { extractable: true });
  const jwk = await exportJWK(publicKey);
  const claims = {
    htm: 'GET',
    htu: `https://${HOST}/documents`,
    jti: randomUUID(),
    ath: createHash('sha256').update(TOKEN).digest('base64url'),
  };
  const compact = await new SignJWT(claims)
    .setProtectedHeader({ typ: 'dpop+jwt', alg: algorithm, jwk: change(jwk) })
    .setIssuedAt()
    .sign(privateKey);
  return { compact, jwk };
}

/** The thumbprint of the key of a proof that is accepted; of another one, the reason. */
function outcome(proof: string): string {
  const event = eventOf(`DPoP ${TOKEN}`);
  const request = {
    ...event,
    path: '/documents',
    requestContext: { domainName: HOST, path: '/live/documents' },
    multiValueHeaders: { ...event.multiValueHeaders, DPoP: [proof] },
  };
  try {
    return checkProof(request, TOKEN, { tokenIssuer: ISSUER, nowSeconds: Date.now() / 1000 }).thumbprint;
  } catch (error) {
    return (error as { readonly reason?: string }).reason ?? 'failed';
  }
}

describe('the signature of a proof', () => {
  it.each(PROOF_ALGORITHMS)('is accepted exactly where another library accepts it: %s', async (algorithm) => {
    const { compact, jwk } = await proofOf(algorithm);
    const thumbprint = await calculateJwkThumbprint(jwk);
    const results = await Promise.all(
      altered(compact).map(async (proof) => {
        const theirs = await compactVerify(proof, EmbeddedJWK, { algorithms: [algorithm] }).then(
          () => thumbprint,
          () => 'proof-signature-invalid',
        );
        expect(outcome(proof)).toBe(theirs);
        return theirs;
      }),
    );
    expect(results.filter((result) => result === thumbprint)).toHaveLength(1);
  });

  it.each(PROOF_ALGORITHMS.flatMap((header) => PROOF_ALGORITHMS.map((key) => [header, key] as const)))(
    'of %s with a key for %s is accepted exactly where another library accepts it',
    async (algorithm, ofKey) => {
      const { compact, jwk } = await proofOf(algorithm, (one) => ({ ...one, alg: ofKey }));
      const thumbprint = await calculateJwkThumbprint(jwk);
      const theirs = await compactVerify(compact, EmbeddedJWK, { algorithms: [algorithm] }).then(
        () => thumbprint,
        () => 'proof-key-rejected',
      );
      expect(outcome(compact)).toBe(theirs);
    },
  );

  it.each(PROOF_ALGORITHMS)('is rejected where the header has another key of the kind: %s', async (algorithm) => {
    const { jwk } = await proofOf(algorithm);
    const { compact } = await proofOf(algorithm, () => jwk);
    expect(outcome(compact)).toBe('proof-signature-invalid');
  });

  it('is rejected for a curve that clients do not have', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed448');
    const jwk = publicKey.export({ format: 'jwk' });
    expect(verificationKey(jwk)).toMatchObject({ algorithms: ['EdDSA'] });
    const [, payload = ''] = (await proofOf('EdDSA')).compact.split('.');
    const header = Buffer.from(JSON.stringify({ typ: 'dpop+jwt', alg: 'EdDSA', jwk })).toString('base64url');
    const signature = sign(null, Buffer.from(`${header}.${payload}`), privateKey);
    const compact = `${header}.${payload}.${signature.toString('base64url')}`;
    expect(outcome(compact)).toBe('proof-key-rejected');
  });
});

describe('the thumbprint of a key', () => {
  it('is that of RFC 7638, section 3.1, and of RFC 8037, appendix A.3', () => {
    const n =
      '0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw';
    expect(keyThumbprint({ kty: 'RSA', n, e: 'AQAB', alg: 'RS256', kid: '2011-04-29' })).toBe(
      'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
    );
    const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo';
    expect(keyThumbprint({ kty: 'OKP', crv: 'Ed25519', x })).toBe('kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k');
  });

  it('is that of another library for any key, whatever else is in it, in any order (300 keys)', async () => {
    const value = fc.stringMatching(/^[\w-]{1,90}$/);
    const other = fc.record({ kid: fc.string(), use: fc.constant('sig'), alg: fc.string() }, { requiredKeys: [] });
    const key = fc.oneof(
      fc.record({ y: value, x: value, crv: value, kty: fc.constant('EC') }),
      fc.record({ x: value, crv: value, kty: fc.constant('OKP') }),
      fc.record({ n: value, kty: fc.constant('RSA'), e: value }),
    );
    await fc.assert(
      fc.asyncProperty(key, other, async (required, others) => {
        const jwk = { ...others, ...required };
        expect(keyThumbprint(jwk)).toBe(await calculateJwkThumbprint(jwk));
      }),
      { numRuns: 300 },
    );
  });
});
