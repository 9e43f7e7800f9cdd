import { generateKeyPair, type KeyObject, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

/** A JSON Web Key (RFC 7517) with its private part. */
export type PrivateJwk = Readonly<Record<string, unknown>> & { readonly kid: string; readonly alg: string };

/** The issuer always has a key for each of these; RS256 is the default. */
export const DEFAULT_ALGORITHMS = ['RS256', 'PS256', 'ES256', 'EdDSA'];

/** Bits of RSA keys; 2048 is the minimum of NIST SP 800-57 until 2030. */
const RSA_BITS = 2048;
/** RFC 7518 section 3.4. */
const CURVES: Readonly<Record<string, string>> = { ES256: 'P-256', ES384: 'P-384', ES512: 'P-521' };
/** RFC 7518 sections 3.3 and 3.5. */
const RSA = /^[RP]S(?:256|384|512)$/;

/**
 * A new key for one algorithm of RFC 7518 or RFC 8037, and for no other (RFC 8725 section 3.1).
 *
 * @throws {RangeError} for an algorithm that has no published keys
 */
export async function makeKey(alg: string): Promise<PrivateJwk> {
  const key = await privateKey(alg);
  return { ...key.export({ format: 'jwk' }), alg, use: 'sig', kid: randomBytes(8).toString('hex') };
}

/** Whether there are keys for an algorithm; there are none for a shared secret, or for `none`. */
export function hasKeys(alg: string): boolean {
  return Object.hasOwn(CURVES, alg) || RSA.test(alg) || alg === 'EdDSA';
}

/** In the thread pool: requests go on while a key is made. */
const generate = promisify(generateKeyPair);

async function privateKey(alg: string): Promise<KeyObject> {
  const namedCurve = CURVES[alg];
  if (namedCurve !== undefined) return (await generate('ec', { namedCurve })).privateKey;
  if (RSA.test(alg)) return (await generate('rsa', { modulusLength: RSA_BITS })).privateKey;
  if (alg === 'EdDSA') return (await generate('ed25519')).privateKey;
  throw new RangeError(`no key can be made for the algorithm ${alg}`);
}
