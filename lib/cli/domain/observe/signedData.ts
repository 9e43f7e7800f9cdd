import { type KeyObject, verify } from 'node:crypto';
import { childOf, childrenOf, type Der, oidOf } from './der.ts';

/** Algorithms that sign revocation lists and OCSP responses, without those that use SHA-1. Ed25519 and Ed448 hash by themselves. */
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

/** Whether a key signed a structure of the form { data, algorithm, signature }, which certificates, lists and responses have. */
export function isSignedBy(signed: Der, key: KeyObject): boolean {
  const [data, algorithm, signature] = childrenOf(signed);
  if (data === undefined || algorithm === undefined || signature === undefined) return false;
  const hash = HASHES[oidOf(childOf(algorithm, 0))];
  if (hash === undefined) return false;
  try {
    return verify(hash, data.bytes, key, signature.content.subarray(1));
  } catch {
    return false;
  }
}
