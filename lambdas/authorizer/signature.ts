import type { KeyObject } from 'node:crypto';
import type { KeySetIssuer } from '../../lib/definition/tokenIssuer.ts';
import { createPublicKey, verify } from '../shared/nodeCrypto.ts';
import { isPending } from '../shared/valueOrPromise.ts';
import type { VerificationKey } from '../shared/verificationKeys.ts';
import { ALGORITHMS, type Algorithm } from './algorithms.ts';
import type { DecodedToken } from './decodeToken.ts';
import { derSignature } from './derSignature.ts';
import type { JwtHeader } from './jwt.ts';
import type { KeySet } from './keySet.ts';
import type { Prove } from './prover.ts';
import { AuthorizerFault, type RejectReason, TokenRejected } from './reasons.ts';
import { checkTokenHeader } from './tokenHeader.ts';
import type { VerifiedTokens } from './verifiedTokens.ts';

/**
 * Proves tokens by the published keys of their issuer; each key of the token's `kid` that fits its algorithm is tried. A signature that a key
 * verified before is not verified again.
 */
export function keySetProver(
  tokenIssuer: KeySetIssuer,
  keySet: Omit<KeySet, 'prepare'>,
  verified: VerifiedTokens,
): Prove {
  const checkSignature = signatureCheck();
  const check: Check = (token, key) => {
    if (verified.isVerified(token, key)) return undefined;
    const reason = checkSignature(token, key);
    if (reason === undefined) verified.add(token, key);
    return reason;
  };
  const proveBy = (token: DecodedToken, keys: readonly VerificationKey[]) => {
    const reason = reasonAgainst(token, keys, check);
    return reason === undefined ? token.payload : proveByNewKeys(token, keys, reason);
  };
  const proveByNewKeys = async (token: DecodedToken, keys: readonly VerificationKey[], reason: RejectReason) => {
    const { header, payload } = token;
    // A token without `kid` could be signed by the key that replaced the cached one.
    const next = header.kid === undefined ? await keySet.newKeysFor(header) : [];
    const added = next.filter((key) => !keys.includes(key));
    const newReason = added.length === 0 ? reason : reasonAgainst(token, added, check);
    if (newReason !== undefined) throw new TokenRejected(newReason);
    return payload;
  };
  /** The tokens of one key have the same header, which `verifiedTokens` decodes once. */
  let accepted: JwtHeader | undefined;
  return (token) => {
    if (token.header !== accepted) {
      checkTokenHeader(token.header, tokenIssuer.algorithms, tokenIssuer);
      // One that is frozen stays as it was checked.
      if (Object.isFrozen(token.header)) accepted = token.header;
    }
    const keys = keySet.keysFor(token.header);
    return isPending(keys) ? keys.then((read) => proveBy(token, read)) : proveBy(token, keys);
  };
}

/** Returns why a key does not prove a token, or undefined if it does. */
type Check = (token: DecodedToken, key: VerificationKey) => RejectReason | undefined;

/** Tries one key after the other: one that cannot be used must not hide the next one. */
function reasonAgainst(token: DecodedToken, keys: readonly VerificationKey[], check: Check): RejectReason | undefined {
  const reasons: RejectReason[] = [];
  for (const key of keys) {
    const reason = check(token, key);
    if (reason === undefined) return undefined;
    reasons.push(reason);
  }
  return reasons.find((reason) => reason !== 'key-unfit') ?? 'key-unfit';
}

/**
 * Makes the check whether a key signed a token; the key has to fit the token's algorithm. `decodeToken` and `checkTokenHeader` have checked the
 * rest of the token (RFC 7515, section 5.2), and `verificationKeys` the key.
 *
 * @param algorithms every algorithm that it verifies.
 */
export function signatureCheck(algorithms: Readonly<Record<string, Algorithm>> = ALGORITHMS): Check {
  const imported = new WeakMap<VerificationKey, ImportedKey>();
  const importedKeyOf = (key: VerificationKey) => {
    const known = imported.get(key) ?? importKey(key);
    if (known !== undefined) imported.set(key, known);
    return known;
  };
  return ({ compact, header }, key) => {
    const alg = header.alg ?? '';
    const algorithm = Object.hasOwn(algorithms, alg) && key.algorithms.includes(alg) ? algorithms[alg] : undefined;
    const usable = algorithm && importedKeyOf(key);
    if (algorithm === undefined || usable === undefined) return 'key-unfit';
    const dot = compact.lastIndexOf('.');
    const signature = Buffer.from(compact.slice(dot + 1), 'base64url');
    const { hash, options, ecdsaBytes } = algorithm;
    const { keyObject, rsaBytes } = usable;
    const bytes = ecdsaBytes ?? rsaBytes;
    if (bytes !== undefined && signature.length !== bytes) return 'signature-invalid';
    try {
      const input = Buffer.from(compact.slice(0, dot), 'latin1');
      const encoded = ecdsaBytes === undefined ? signature : derSignature(signature);
      const isValid = verify(hash, input, options === undefined ? keyObject : { key: keyObject, ...options }, encoded);
      return isValid ? undefined : 'signature-invalid';
    } catch (error) {
      if (isAboutKey(error)) return 'key-unfit';
      throw new AuthorizerFault('internal', error);
    }
  };
}

interface ImportedKey {
  readonly keyObject: KeyObject;
  /**
   * Bytes of each signature of an RSA key, which are those of its modulus (RFC 8017, sections 8.1.2 and 8.2.2). OpenSSL accepts one of PSS whose leading zeros are missing.
   */
  readonly rsaBytes: number | undefined;
}

/** @returns undefined for a key that this version of OpenSSL does not take. */
function importKey({ jwk }: VerificationKey): ImportedKey | undefined {
  try {
    const keyObject = createPublicKey({ key: jwk, format: 'jwk' });
    const bits = jwk.kty === 'RSA' ? keyObject.asymmetricKeyDetails?.modulusLength : undefined;
    return { keyObject, rsaBytes: bits === undefined ? undefined : Math.ceil(bits / 8) };
  } catch {
    return undefined;
  }
}

/** Whether Node or OpenSSL reports that it cannot use a key. Any other error, such as `ERR_INVALID_ARG_TYPE`, is a fault of ours. */
function isAboutKey(error: unknown): boolean {
  return error instanceof Error && 'code' in error && /^ERR_(OSSL|CRYPTO)_/.test(String(error.code));
}
