import type { webcrypto } from 'node:crypto';
import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { ConfigError } from '../../definition/errors.ts';
import { loadX509 } from './x509.ts';

/** The curves of a CA, with the hash of its signatures. */
export const HASHES = { 'P-256': 'SHA-256', 'P-384': 'SHA-384' } as const;
export type Curve = keyof typeof HASHES;

/** The key of a CA, wherever it is. */
export interface Signer {
  readonly curve: Curve;
  readonly publicKey: KeyObject;
  /** The ECDSA signature of these bytes, by the hash of the curve, in DER. */
  sign(bytes: Uint8Array): Promise<Uint8Array>;
}

/** A signer with a key in PEM. */
export function keySigner(pem: string): Signer {
  const key = createPrivateKey(pem);
  const publicKey = createPublicKey(key);
  const curve = curveOf(publicKey);
  return { curve, publicKey, sign: async (bytes) => sign(hashName(curve), bytes, key) };
}

/** The curve of a public key. Throws for another kind of key. */
export function curveOf({ asymmetricKeyDetails }: KeyObject): Curve {
  const curve = { prime256v1: 'P-256', secp384r1: 'P-384' }[asymmetricKeyDetails?.namedCurve ?? ''];
  if (curve === 'P-256' || curve === 'P-384') return curve;
  throw new ConfigError({
    code: 'authority-unusable',
    location: 'the key of the CA',
    found: `a key that is not of ${Object.keys(HASHES).join(' or ')}`,
    expected: 'an elliptic curve key to sign with',
    fix: 'Use a key with the spec ECC_NIST_P256 or ECC_NIST_P384 and the usage SIGN_VERIFY.',
  });
}

/** The digest that a signature of this curve covers. */
export function digestOf(curve: Curve, bytes: Uint8Array): Uint8Array {
  return createHash(hashName(curve)).update(bytes).digest();
}

function hashName(curve: Curve): string {
  return HASHES[curve].replace('-', '').toLowerCase();
}

/** What the generators of @peculiar/x509 take, so that they sign with a signer instead of a key of WebCrypto. */
export function signing(signer: Signer) {
  const { AsnEcSignatureFormatter } = loadX509();
  const algorithm = { name: 'ECDSA', namedCurve: signer.curve, hash: HASHES[signer.curve] } as const;
  const subtle = {
    async sign(_: unknown, __: unknown, bytes: ArrayBuffer): Promise<ArrayBuffer> {
      const der = new Uint8Array(await signer.sign(new Uint8Array(bytes)));
      const raw = new AsnEcSignatureFormatter().toWebSignature(algorithm, der);
      if (raw === null) throw new Error('the signature of the CA is not one of ECDSA');
      return raw;
    },
  };
  return {
    signingKey: { algorithm } as unknown as webcrypto.CryptoKey,
    signingAlgorithm: algorithm,
    crypto: { subtle } as unknown as webcrypto.Crypto,
  };
}
