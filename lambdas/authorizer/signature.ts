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
import type { VerifiedTokens } from './verifiedTokens.ts';

/** `checkClaims` compares issuer, audience and times, for every kind of token and in the same way. */
const SIGNATURE_ONLY = { issuer: null, audience: null, graceSeconds: Number.POSITIVE_INFINITY };

/**
 * Proves tokens by the published keys of their issuer; each key of the token's `kid` that fits its algorithm is tried. A signature that a key
 * verified before is not verified again.
 */
export function keySetProver(
  tokenIssuer: KeySetIssuer,
  keySet: Omit<KeySet, 'prepare'>,
  verified: VerifiedTokens,
): Prove {
  const verify = signatureCheck();
  const check: Check = async (token, key) => {
    if (verified.isVerified(token, key)) return undefined;
    const reason = await verify(token, key);
    if (reason === undefined) verified.add(token, key);
    return reason;
  };
  return async (token) => {
    const { header, payload } = token;
    checkTokenHeader(header, tokenIssuer.algorithms, tokenIssuer);
    const keys = await keySet.keysFor(header);
    const reason = await reasonAgainst(token, keys, check);
    if (reason === undefined) return payload;
    // A token without `kid` could be signed by the key that replaced the cached one.
    const next = header.kid === undefined ? await keySet.newKeysFor(header) : [];
    const added = next.filter((key) => !keys.includes(key));
    const newReason = added.length === 0 ? reason : await reasonAgainst(token, added, check);
    if (newReason !== undefined) throw new TokenRejected(newReason);
    return payload;
  };
}

/** Returns why a key does not prove a token, or undefined if it does. */
type Check = (token: DecodedToken, key: VerificationKey) => Promise<RejectReason | undefined>;

/** Tries one key after the other: one that cannot be used must not hide the next one. */
async function reasonAgainst(
  token: DecodedToken,
  keys: readonly VerificationKey[],
  check: Check,
): Promise<RejectReason | undefined> {
  const reasons: RejectReason[] = [];
  for (const key of keys) {
    const reason = await check(token, key);
    if (reason === undefined) return undefined;
    reasons.push(reason);
  }
  return reasons.find((reason) => reason !== 'key-unfit') ?? 'key-unfit';
}

/**
 * Makes the check whether a key signed a token; the key has to fit the token's algorithm. Both libraries get the members that
 * were checked, and no others.
 */
function signatureCheck(): Check {
  const imported = new WeakMap<VerificationKey, KeyObject>();
  const keyObjectOf = (key: VerificationKey) => {
    const known = imported.get(key) ?? importKey(key);
    if (known !== undefined) imported.set(key, known);
    return known;
  };
  return async ({ compact, header, payload }, key) => {
    const { by, signatureBytes } = ALGORITHMS[header.alg ?? ''] ?? {};
    const signature = compact.slice(compact.lastIndexOf('.') + 1);
    const isOtherLength = signatureBytes !== undefined && Buffer.byteLength(signature, 'base64url') !== signatureBytes;
    if (isOtherLength) return 'signature-invalid';
    const keyObject = keyObjectOf(key);
    if (keyObject === undefined) return 'key-unfit';
    try {
      // The faster library rejects a list of scopes.
      if (by === 'jose' || Array.isArray(payload.scope))
        await compactVerify(compact, keyObject, { algorithms: [header.alg ?? ''] });
      else
        await verifyJwt(
          compact,
          '',
          SIGNATURE_ONLY,
          async () => jwkOf(key),
          async () => keyObject,
        );
      return undefined;
    } catch (error) {
      return reasonOf(error);
    }
  };
}

/** @returns undefined for a key that this version of OpenSSL does not take. */
function importKey({ jwk }: VerificationKey): KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk, format: 'jwk' });
  } catch {
    return undefined;
  }
}

/** `aws-jwt-verify` requires an id, and does not compare it. */
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
  // Node throws it for a key that it cannot use.
  [TypeError, 'key-unfit'],
];

/** @throws {AuthorizerFault} `internal` for an error that is not about the token or its key. */
function reasonOf(error: unknown): RejectReason {
  const known = REASONS.find(([type]) => error instanceof type);
  if (known === undefined) throw new AuthorizerFault('internal', error);
  return known[1];
}
