import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  FailedAssertionError,
  JwkValidationError,
  JwtInvalidSignatureError,
  JwtParseError,
} from 'aws-jwt-verify/error';
import { verifyJwt } from 'aws-jwt-verify/jwt-verifier';
import { JOSEError, JWSSignatureVerificationFailed } from 'jose/errors';
import { compactVerify } from 'jose/jws/compact/verify';
import type { KeySetIssuer } from '../../lib/definition/tokenIssuer.ts';
import type { VerificationKey } from '../shared/verificationKeys.ts';
import { ALGORITHMS } from './algorithms.ts';
import type { DecodedToken } from './decodeToken.ts';
import type { KeySet } from './keySet.ts';
import type { Prove } from './prover.ts';
import { AuthorizerFault, type RejectReason, TokenRejected } from './reasons.ts';
import { checkTokenHeader } from './tokenHeader.ts';

/** `checkClaims` compares issuer, audience and times, for every kind of token and without limits of dates. */
const SIGNATURE_ONLY = { issuer: null, audience: null, graceSeconds: Number.POSITIVE_INFINITY };

/** Proves tokens by the published keys of their issuer; each key of the token's `kid` that fits its algorithm is tried. */
export function keySetProver(tokenIssuer: KeySetIssuer, keySet: KeySet): Prove {
  const isSigned = signatureCheck();
  const isSignedByOne = async (token: DecodedToken, keys: readonly VerificationKey[]) => {
    for (const key of keys) if (await isSigned(token, key)) return true;
    return false;
  };
  return async (token) => {
    const { header, payload } = token;
    checkTokenHeader(header, tokenIssuer.algorithms, tokenIssuer);
    const keys = await keySet.keysFor(header);
    if (await isSignedByOne(token, keys)) return payload;
    // A token without `kid` could be signed by the key that replaced the cached one.
    const next = header.kid === undefined ? await keySet.newKeysFor(header) : [];
    const added = next.filter((key) => !keys.includes(key));
    if (!(await isSignedByOne(token, added))) throw new TokenRejected('signature-invalid');
    return payload;
  };
}

type Check = (token: DecodedToken, key: VerificationKey) => Promise<boolean>;

/**
 * Makes the check whether a key signed a token; the key has to fit the token's algorithm. Both libraries get the members that
 * were checked, and no others.
 */
function signatureCheck(): Check {
  const imported = new WeakMap<VerificationKey, KeyObject>();
  const keyObjectOf = (key: VerificationKey) => {
    const known = imported.get(key) ?? createPublicKey({ key: key.jwk, format: 'jwk' });
    imported.set(key, known);
    return known;
  };
  return async ({ compact, header, payload }, key) => {
    const { by, signatureBytes } = ALGORITHMS[header.alg ?? ''] ?? {};
    const signature = compact.slice(compact.lastIndexOf('.') + 1);
    if (signatureBytes !== undefined && Buffer.byteLength(signature, 'base64url') !== signatureBytes) return false;
    try {
      // The faster library rejects a list of scopes.
      if (by === 'jose' || Array.isArray(payload.scope))
        await compactVerify(compact, keyObjectOf(key), { algorithms: [header.alg ?? ''] });
      else
        await verifyJwt(
          compact,
          '',
          SIGNATURE_ONLY,
          async () => jwkOf(key),
          async () => keyObjectOf(key),
        );
      return true;
    } catch (error) {
      const rejection = rejectionOf(error);
      if (rejection instanceof TokenRejected && rejection.reason === 'signature-invalid') return false;
      throw rejection;
    }
  };
}

/** The library wants an id, which it does not compare. */
function jwkOf({ jwk, kid = '' }: VerificationKey) {
  return { ...jwk, kid };
}

/** In order: each class before the one that it extends. */
const REASONS: readonly (readonly [new (...args: never[]) => Error, RejectReason])[] = [
  [JwtInvalidSignatureError, 'signature-invalid'],
  [JwtParseError, 'token-malformed'],
  [FailedAssertionError, 'key-unfit'],
  [JwkValidationError, 'key-unfit'],
  [JWSSignatureVerificationFailed, 'signature-invalid'],
  [JOSEError, 'key-unfit'],
  // Node throws it for a key that it cannot import.
  [TypeError, 'key-unfit'],
];

function rejectionOf(error: unknown): Error {
  const known = REASONS.find(([type]) => error instanceof type);
  return known === undefined ? new AuthorizerFault('internal', error) : new TokenRejected(known[1]);
}
