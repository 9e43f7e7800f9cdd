import type { SigningOptions } from 'node:crypto';
import { constants } from '../nodeCrypto.ts';
import { type DerValue, integerOf, oidOf, readOne, sequenceOf } from './der.ts';

/** How a signature is verified. */
export interface SignatureAlgorithm {
  /** Null where the algorithm hashes by itself. */
  readonly hash: string | null;
  readonly options?: SigningOptions;
}

/**
 * RSA (PKCS #1) and ECDSA with SHA-256, -384 and -512, by their object identifiers (RFC 4055, RFC 5758); none with SHA-1. Ed25519 and Ed448
 * (RFC 8410) hash by themselves.
 */
const ALGORITHMS: Readonly<Record<string, string | null>> = {
  '1.2.840.113549.1.1.11': 'sha256',
  '1.2.840.113549.1.1.12': 'sha384',
  '1.2.840.113549.1.1.13': 'sha512',
  '1.2.840.10045.4.3.2': 'sha256',
  '1.2.840.10045.4.3.3': 'sha384',
  '1.2.840.10045.4.3.4': 'sha512',
  '1.3.101.112': null,
  '1.3.101.113': null,
};
export const RSASSA_PSS = '1.2.840.113549.1.1.10';
const HASHES: Readonly<Record<string, string>> = {
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};
const MGF1 = '1.2.840.113549.1.1.8';
/** Tags of the parameters of RSASSA-PSS: hash, mask and length of the salt (RFC 4055, section 3.1). */
const PARAMETERS = [0xa0, 0xa1, 0xa2];

/** How to verify a signature of this algorithm; undefined for one that is weak or unknown. @throws {X509Invalid} */
export function signatureOf(algorithm: DerValue): SignatureAlgorithm | undefined {
  const [type, parameters] = sequenceOf(algorithm);
  const oid = oidOf(type);
  if (oid === RSASSA_PSS) return pss(parameters);
  const hash = ALGORITHMS[oid];
  return hash === undefined ? undefined : { hash };
}

/** Both hashes have to be the same, and none can be left out: the defaults are SHA-1. */
function pss(parameters: DerValue | undefined): SignatureAlgorithm | undefined {
  const [hashValue, mask, salt, ...others] = sequenceOf(parameters);
  const tags = [hashValue?.tag, mask?.tag, salt?.tag];
  if (hashValue === undefined || mask === undefined || salt === undefined || others.length > 0) return undefined;
  if (tags.join() !== PARAMETERS.join()) return undefined;
  const hash = HASHES[oidOf(sequenceOf(readOne(hashValue.bytes))[0])];
  const [generator, maskHash] = sequenceOf(readOne(mask.bytes));
  if (hash === undefined || oidOf(generator) !== MGF1) return undefined;
  if (HASHES[oidOf(sequenceOf(maskHash)[0])] !== hash) return undefined;
  const length = integerOf(readOne(salt.bytes));
  if (length.length > 2) return undefined;
  const saltLength = length.readUIntBE(0, length.length);
  return { hash, options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength } };
}
