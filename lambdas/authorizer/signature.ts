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
export function keySetProver(source: KeySetIssuer, keys: KeySet): Prove {
  const check = signatureCheck(source.clockToleranceSeconds);
  return async (token) => {
    const { header, payload } = token;
    checkTokenHeader(header, source.algorithms, source);
    const key = await keys.keyFor(header);
    try {
      await check(token, key);
    } catch (error) {
      // A token that names no key was perhaps signed by the one that replaced ours.
      const next = header.kid === undefined && isForged(error) ? await keys.newKeyFor(header) : key;
      if (next === key) throw error;
      await check(token, next);
    }
    return payload;
  };
}

type Check = (token: DecodedToken, key: JwkWithKid) => Promise<void>;

/** Whether a key signed a token; the key is one for the token's algorithm. */
function signatureCheck(graceSeconds: number): Check {
  const made = new WeakMap<Jwk, KeyObject>();
  const keyObject = async (jwk: Jwk) => {
    const known = made.get(jwk) ?? createPublicKey({ key: jwk, format: 'jwk' });
    made.set(jwk, known);
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
      // Issuer and audience are compared for every kind of source in one place.
      else await verifyJwt(compact, '', { issuer: null, audience: null, graceSeconds }, async () => jwk, keyObject);
    } catch (error) {
      throw rejectionOf(error);
    }
  };
}

function isForged(error: unknown): boolean {
  return error instanceof TokenRejected && error.reason === 'signature-invalid';
}

/** In order: a class before the one it extends. */
const REASONS: readonly (readonly [new (...args: never[]) => Error, RejectReason])[] = [
  [JwtInvalidSignatureError, 'signature-invalid'],
  [JwtExpiredError, 'expired'],
  [JwtNotBeforeError, 'not-yet-valid'],
  [FailedAssertionError, 'key-unfit'],
  [JwkValidationError, 'key-unfit'],
  [JWSSignatureVerificationFailed, 'signature-invalid'],
  [JOSEError, 'key-unfit'],
  // What Node throws for a key that is none, such as a point off the curve.
  [TypeError, 'key-unfit'],
];

function rejectionOf(error: unknown): Error {
  const known = REASONS.find(([type]) => error instanceof type);
  return known === undefined ? new AuthorizerFault('internal', error) : new TokenRejected(known[1]);
}
