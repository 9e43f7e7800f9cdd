/** Keys of test certificates, and how they sign. */
import { createPrivateKey, generateKeyPairSync, type KeyObject, webcrypto } from 'node:crypto';

/** The kinds of keys. */
export type KeyType = 'P-256' | 'P-384' | 'RSA-1024' | 'RSA-2048' | 'RSA-3072' | 'Ed25519' | OldKeyType;
/** Keys for a server's certificate alone: they sign no other. */
type OldKeyType = 'P-192' | 'secp112r1' | 'DSA-1024';
/** Hashes of signatures. */
export type Hash = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512';

/** Makes a key. */
export async function makeKey(type: KeyType): Promise<KeyObject> {
  if (type === 'DSA-1024') return generateKeyPairSync('dsa', { modulusLength: 1024, divisorLength: 160 }).privateKey;
  if (type === 'P-192') return generateKeyPairSync('ec', { namedCurve: 'prime192v1' }).privateKey;
  if (type === 'secp112r1') return generateKeyPairSync('ec', { namedCurve: type }).privateKey;
  const rsa = /^RSA-(\d+)$/.exec(type)?.[1];
  const algorithm =
    rsa !== undefined
      ? {
          name: 'RSASSA-PKCS1-v1_5',
          modulusLength: Number(rsa),
          publicExponent: Uint8Array.of(1, 0, 1),
          hash: 'SHA-256',
        }
      : type === 'Ed25519'
        ? { name: 'Ed25519' }
        : { name: 'ECDSA', namedCurve: type };
  const { privateKey } = (await webcrypto.subtle.generateKey(algorithm, true, [
    'sign',
    'verify',
  ])) as webcrypto.CryptoKeyPair;
  return createPrivateKey({
    key: Buffer.from(await webcrypto.subtle.exportKey('pkcs8', privateKey)),
    format: 'der',
    type: 'pkcs8',
  });
}

/** A key as WebCrypto signs with it. */
export function cryptoKey(key: KeyObject, hash: Hash, usage: 'sign'): Promise<webcrypto.CryptoKey> {
  const bytes = key.export({ type: 'pkcs8', format: 'der' });
  return webcrypto.subtle.importKey('pkcs8', new Uint8Array(bytes), signatureOf(key, hash), false, [usage]);
}

/** The algorithm of a signature by this key. */
export function signatureOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject, hash: Hash) {
  if (asymmetricKeyType === 'ed25519') return { name: 'Ed25519', hash };
  if (asymmetricKeyType === 'rsa') return { name: 'RSASSA-PKCS1-v1_5', hash };
  const namedCurve = asymmetricKeyDetails?.namedCurve === 'secp384r1' ? 'P-384' : 'P-256';
  return { name: 'ECDSA', namedCurve, hash };
}
