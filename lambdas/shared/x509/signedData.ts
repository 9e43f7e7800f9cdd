import type { KeyObject } from 'node:crypto';
import { verify } from '../nodeCrypto.ts';
import { bitsOf, type DerValue, oidOf, readOne, sequenceOf, X509Invalid } from './der.ts';
import { signatureOf } from './signatureAlgorithm.ts';

/** A structure of the form { data, algorithm, signature }, which certificates, revocation lists and OCSP responses have. */
export interface SignedData {
  readonly data: DerValue;
  readonly algorithm: DerValue;
  readonly signature: Buffer;
  /** OCSP responses carry certificates here. */
  readonly attached: readonly DerValue[];
}

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
  const how = signatureOf(algorithm);
  if (how === undefined) return false;
  try {
    return verify(how.hash, data.whole, { key, ...how.options }, signature);
  } catch {
    return false;
  }
}
