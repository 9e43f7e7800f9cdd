import type { KeyObject } from 'node:crypto';
import {
  type DerValue,
  integerOf,
  isTime,
  readOne,
  sequenceOf,
  serialOf,
  TAGS,
  timeOf,
  valuesIn,
  X509Invalid,
} from './der.ts';
import { type Extensions, readExtensions, readTaggedExtensions } from './extensions.ts';
import { derOfPem } from './pem.ts';
import { isSignedBy, readSignedData } from './signedData.ts';

/** A list of revoked certificates (CRL, RFC 5280, section 5) that its CA has signed. Times are epoch milliseconds. */
export interface SignedList {
  /** When each certificate was revoked, by serial number in upper-case hexadecimal. */
  readonly revoked: ReadonlyMap<string, number>;
  readonly thisUpdate: number;
  readonly nextUpdate: number | undefined;
  /** Grows with each list of a CA (RFC 5280, section 5.2.3); -1 without one. */
  readonly number: bigint;
  readonly extensions: Extensions;
}

/** A list that names every revoked certificate of its CA, and lapses. */
export interface RevocationList extends SignedList {
  readonly nextUpdate: number;
}

/** The CA that has to have signed a list. */
export interface ListIssuer {
  /** Its name in DER. */
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
}

/** RFC 7468, section 6. */
const LABEL = 'X509 CRL';
const CRL_NUMBER = '2.5.29.20';
/** RFC 5280, section 5.2.3, and a zero byte before a high bit. */
const MOST_NUMBER_BYTES = 21;
const EXTENSIONS = 0xa0;
/** The version of a list with extensions, and the only one that is ever written. */
const V2 = 1;

/**
 * Reads a list in PEM and verifies that the CA signed it. What could change its meaning is not supported, so that nothing revoked is
 * accepted: critical extensions, which delta and indirect lists have, and lists without `nextUpdate`.
 *
 * @throws {X509Invalid} also for a list of another CA.
 */
export function readRevocationList(pem: string, issuer: ListIssuer): RevocationList {
  const list = readSignedList(derOfPem(pem, [LABEL]), issuer);
  const { nextUpdate, extensions } = list;
  for (const [oid, { isCritical }] of extensions) {
    if (isCritical) throw new X509Invalid(`has the critical extension ${oid}, as delta, indirect and partial lists do`);
  }
  if (nextUpdate === undefined) throw new X509Invalid('has no end (nextUpdate)');
  return { ...list, nextUpdate };
}

/**
 * Reads a list in DER and verifies that the CA signed it. The caller has to know each critical extension of the result.
 *
 * @throws {X509Invalid} also for a list of another CA, and for an entry with a critical extension.
 */
export function readSignedList(der: Buffer, issuer: ListIssuer): SignedList {
  const signed = readSignedData(der);
  // Before anything else is read: a list of millions of entries costs only those who trust its CA.
  if (!isSignedBy(signed, issuer.publicKey)) throw new X509Invalid('is not signed by the CA');
  const all = sequenceOf(signed.data);
  const hasVersion = all[0]?.tag === TAGS.integer;
  if (signed.attached.length > 0 || (hasVersion && !integerOf(all[0]).equals(Buffer.of(V2)))) {
    throw new X509Invalid('is no revocation list');
  }
  const [algorithm, name, thisUpdate, ...rest] = hasVersion ? all.slice(1) : all;
  if (algorithm?.whole.equals(signed.algorithm.whole) !== true) throw new X509Invalid('names two algorithms');
  if (name?.whole.equals(issuer.subject) !== true) throw new X509Invalid('is of another issuer');
  const nextUpdate = takeIf(rest, isTime);
  const entries = takeIf(nextUpdate.rest, ({ tag }) => tag === TAGS.sequence);
  const tagged = takeIf(entries.rest, ({ tag }) => tag === EXTENSIONS);
  if (tagged.rest.length > 0) throw new X509Invalid('has an unknown field');
  const extensions = readTaggedExtensions(tagged.first);
  return {
    revoked: new Map(entries.first === undefined ? [] : entriesOf(entries.first.bytes)),
    thisUpdate: timeOf(thisUpdate),
    nextUpdate: nextUpdate.first === undefined ? undefined : timeOf(nextUpdate.first),
    number: numberOf(extensions),
    extensions,
  };
}

function takeIf(values: readonly DerValue[], is: (value: DerValue) => boolean) {
  const [first, ...rest] = values;
  return first !== undefined && is(first) ? { first, rest } : { first: undefined, rest: values };
}

function numberOf(extensions: Extensions): bigint {
  const found = extensions.get(CRL_NUMBER);
  if (found === undefined) return -1n;
  const bytes = integerOf(readOne(found.value));
  if (bytes.length > MOST_NUMBER_BYTES) throw new X509Invalid('has a number of more than 20 bytes');
  return BigInt(`0x${bytes.toString('hex')}`);
}

function* entriesOf(entries: Buffer): Generator<[serial: string, at: number]> {
  for (const entry of valuesIn(entries)) {
    const [serial, at, extensions, ...more] = sequenceOf(entry);
    if (more.length > 0) throw new X509Invalid('has an entry of another form');
    if (extensions !== undefined && isAnyCritical(readExtensions(extensions))) {
      throw new X509Invalid('has an entry with a critical extension, as indirect lists do');
    }
    yield [serialOf(serial), timeOf(at)];
  }
}

function isAnyCritical(extensions: Extensions): boolean {
  return [...extensions.values()].some(({ isCritical }) => isCritical);
}
