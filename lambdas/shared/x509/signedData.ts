import { type KeyObject, verify } from 'node:crypto';
import { bitsOf, type DerValue, oidOf, readOne, sequenceOf, X509Invalid } from './der.ts';

/** A structure of the form { data, algorithm, signature }, which certificates, revocation lists and OCSP responses have. */
export interface SignedData {
  readonly data: DerValue;
  readonly algorithm: DerValue;
  readonly signature: Buffer;
  /** OCSP responses carry certificates here. */
  readonly attached: readonly DerValue[];
}

/**
 * RSA (PKCS #1) and ECDSA with SHA-256, -384 and -512, by their object identifiers (RFC 4055, RFC 5758); none with SHA-1. Ed25519 and Ed448
 * (RFC 8410) hash by themselves.
 */
const HASHES: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
  '1.3.101.113': null,
};

/** Reads signed data, which still has to be verified. @throws {X509Invalid} */
export function readSignedData(der: Buffer): SignedData {
  const [data, algorithm, signature, ...attached] = sequenceOf(readOne(der));
  if (data === undefined || algorithm === undefined) throw new X509Invalid('is not signed data');
  return { data, algorithm, signature: bitsOf(signature), attached };
}

/** The object identifier of an algorithm. @throws {X509Invalid} */
export function algorithmOf(algorithm: DerValue): string {
  return oidOf(sequenceOf(algorithm)[0]);
}

/** Whether a key signed the data. @throws {X509Invalid} */
export function isSignedBy({ data, algorithm, signature }: SignedData, key: KeyObject): boolean {
  const hash = HASHES[algorithmOf(algorithm)];
  if (hash === undefined) return false;
  try {
    return verify(hash, data.whole, key, signature);
  } catch {
    return false;
  }
}
