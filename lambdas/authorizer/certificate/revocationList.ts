import { type KeyObject, verify } from 'node:crypto';
import { bytesOf, DerInvalid, type DerValue, oidOf, readOne, sequenceOf, serialOf, TAGS } from './der.ts';

/** A list of revoked certificates (CRL, RFC 5280, section 5). */
export interface RevocationList {
  /** Serial numbers in upper-case hexadecimal. */
  readonly serials: ReadonlySet<string>;
  /** Epoch milliseconds. */
  readonly thisUpdate: number;
  readonly nextUpdate: number;
  /** Grows with each list of a CA (RFC 5280, section 5.2.3); -1 without one. */
  readonly number: bigint;
}

/** The CA that has to have signed a list. */
export interface ListIssuer {
  /** Its name in DER. */
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
}

/** RSA and ECDSA with SHA-256, -384 and -512, and Ed25519, by their identifiers in hexadecimal. */
const HASHES: Readonly<Record<string, string | null>> = {
  '2a864886f70d01010b': 'sha256',
  '2a864886f70d01010c': 'sha384',
  '2a864886f70d01010d': 'sha512',
  '2a8648ce3d040302': 'sha256',
  '2a8648ce3d040303': 'sha384',
  '2a8648ce3d040304': 'sha512',
  '2b6570': null,
};
/** 2.5.29.20. */
const CRL_NUMBER = '551d14';
const TIMES = [0x17, 0x18];
const EXTENSIONS = 0xa0;
const PEM = /-----BEGIN X509 CRL-----([A-Za-z0-9+/=\s]+)-----END X509 CRL-----/;

/**
 * Reads a list in PEM and verifies that the CA signed it. What could change its meaning is not supported, so that nothing revoked is
 * accepted: critical extensions, which delta and indirect lists have, and lists without `nextUpdate`.
 *
 * @throws {DerInvalid} also for a list of another CA.
 */
export function readRevocationList(pem: string, issuer: ListIssuer): RevocationList {
  const [tbs, algorithm, signature] = sequenceOf(readOne(derOf(pem)));
  if (tbs === undefined || !isSigned(tbs.whole, { algorithm, signature, key: issuer.publicKey }))
    throw new DerInvalid();
  const all = sequenceOf(tbs);
  const [inner, name, thisUpdate, nextUpdate, ...rest] = all[0]?.tag === TAGS.integer ? all.slice(1) : all;
  if (algorithm === undefined || !inner?.whole.equals(algorithm.whole)) throw new DerInvalid();
  if (!name?.whole.equals(issuer.subject)) throw new DerInvalid();
  const extensions = rest.filter(({ tag }) => tag === EXTENSIONS).flatMap(({ bytes }) => sequenceOf(readOne(bytes)));
  requireKnown(extensions);
  const entries = rest.filter(({ tag }) => tag === TAGS.sequence).flatMap(sequenceOf);
  return {
    serials: new Set(entries.map(serialOfEntry)),
    thisUpdate: timeOf(thisUpdate),
    nextUpdate: timeOf(nextUpdate),
    number: numberOf(extensions),
  };
}

function numberOf(extensions: readonly DerValue[]): bigint {
  const found = extensions.map(sequenceOf).find(([id]) => oidOf(id) === CRL_NUMBER);
  if (found === undefined) return -1n;
  return BigInt(`0x${serialOf(readOne(bytesOf(found.at(-1), TAGS.octetString)))}`);
}

function serialOfEntry(entry: DerValue): string {
  const [serial, , extensions] = sequenceOf(entry);
  if (extensions !== undefined) requireKnown(sequenceOf(extensions));
  return serialOf(serial);
}

/** Extensions without a meaning for us are not critical. */
function requireKnown(extensions: readonly DerValue[]): void {
  for (const [, critical] of extensions.map(sequenceOf)) if (critical?.tag === TAGS.boolean) throw new DerInvalid();
}

function isSigned(
  signed: Buffer,
  {
    algorithm,
    signature,
    key,
  }: { readonly algorithm?: DerValue; readonly signature?: DerValue; readonly key: KeyObject },
): boolean {
  const [identifier] = sequenceOf(algorithm);
  const hash = HASHES[oidOf(identifier)];
  const [unused, ...bytes] = bytesOf(signature, TAGS.bitString);
  if (hash === undefined || unused !== 0) return false;
  try {
    return verify(hash, signed, key, Buffer.from(bytes));
  } catch {
    return false;
  }
}

/** UTCTime or GeneralizedTime, as RFC 5280 has them: to the second, in UTC. */
function timeOf(value: DerValue | undefined): number {
  if (value === undefined || !TIMES.includes(value.tag)) throw new DerInvalid();
  const text = value.bytes.toString('latin1');
  const [, year = '', ...parts] = /^(\d{2}|\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  if (year.length !== (value.tag === 0x17 ? 2 : 4)) throw new DerInvalid();
  const century = Number(year) < 50 ? '20' : '19';
  const [month, day, hour, minute, second] = parts;
  const time = Date.parse(`${year.length === 2 ? century : ''}${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(time)) throw new DerInvalid();
  return time;
}

function derOf(pem: string): Buffer {
  const [, base64] = PEM.exec(pem) ?? [];
  if (base64 === undefined) throw new DerInvalid();
  return Buffer.from(base64, 'base64');
}
