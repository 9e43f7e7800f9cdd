import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  FailedAssertionError,
  JwkValidationError,
  JwtExpiredError,
  JwtInvalidSignatureError,
  JwtNotBeforeError,
} from 'aws-jwt-verify/error';
import type { Jwk, JwkWithKid } from 'aws-jwt-verify/jwk';
import { verifyJwt } from 'aws-jwt-verify/jwt-verifier';
import { JOSEError, JWSSignatureVerificationFailed } from 'jose/errors';
import { compactVerify } from 'jose/jws/compact/verify';
import type { KeySetIssuer } from '../../lib/definition/tokenIssuer.ts';
import { ALGORITHMS } from './algorithms.ts';
import type { DecodedToken } from './decodeToken.ts';
import type { KeySet } from './keySet.ts';
import type { Prove } from './prover.ts';
import { AuthorizerFault, type RejectReason, TokenRejected } from './reasons.ts';
import { checkTokenHeader } from './tokenHeader.ts';

/** Proves tokens by the published keys of their issuer. */
export function keySetProver(tokenIssuer: KeySetIssuer, keys: KeySet): Prove {
  const check = signatureCheck(tokenIssuer.clockToleranceSeconds);
  return async (token) => {
    const { header, payload } = token;
    checkTokenHeader(header, tokenIssuer.algorithms, tokenIssuer);
    const key = await keys.keyFor(header);
    try {
      await check(token, key);
    } catch (error) {
      // A token without `kid` could be signed by the key that replaced the cached one.
      const next = header.kid === undefined && isForged(error) ? await keys.newKeyFor(header) : key;
      if (next === key) throw error;
      await check(token, next);
    }
    return payload;
  };
}

type Check = (token: DecodedToken, key: JwkWithKid) => Promise<void>;

/** Checks that a key signed a token; the key has to fit the token's algorithm. */
function signatureCheck(graceSeconds: number): Check {
  const keyObjects = new WeakMap<Jwk, KeyObject>();
  const keyObject = async (jwk: Jwk) => {
    const known = keyObjects.get(jwk) ?? createPublicKey({ key: jwk, format: 'jwk' });
    keyObjects.set(jwk, known);
    return known;
  };
  return async ({ compact, header }, jwk) => {
    const { by, signatureBytes } = ALGORITHMS[header.alg ?? ''] ?? {};
    const signature = compact.slice(compact.lastIndexOf('.') + 1);
    if (signatureBytes !== undefined && Buffer.byteLength(signature, 'base64url') !== signatureBytes) {
      throw new TokenRejected('signature-invalid');
    }
    try {
      if (by === 'jose') await compactVerify(compact, jwk, { algorithms: [header.alg ?? ''] });
      // `checkClaims` compares issuer and audience, for every kind of token.
      else await verifyJwt(compact, '', { issuer: null, audience: null, graceSeconds }, async () => jwk, keyObject);
    } catch (error) {
      throw rejectionOf(error);
    }
  };
}

function isForged(error: unknown): boolean {
  return error instanceof TokenRejected && error.reason === 'signature-invalid';
}

/** In order: each class before the one that it extends. */
const REASONS: readonly (readonly [new (...args: never[]) => Error, RejectReason])[] = [
  [JwtInvalidSignatureError, 'signature-invalid'],
  [JwtExpiredError, 'expired'],
  [JwtNotBeforeError, 'not-yet-valid'],
  [FailedAssertionError, 'key-unfit'],
  [JwkValidationError, 'key-unfit'],
  [JWSSignatureVerificationFailed, 'signature-invalid'],
  [JOSEError, 'key-unfit'],
  // Node throws it for an invalid key, such as a point off the curve.
  [TypeError, 'key-unfit'],
];

function rejectionOf(error: unknown): Error {
  const known = REASONS.find(([type]) => error instanceof type);
  return known === undefined ? new AuthorizerFault('internal', error) : new TokenRejected(known[1]);
}
