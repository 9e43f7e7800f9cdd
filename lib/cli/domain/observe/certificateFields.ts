import type { X509Certificate } from 'node:crypto';
import { childOf, childrenOf, type Der, oidOf, readDer, TAG } from './der.ts';

/** What `X509Certificate` of Node.js does not show. */
export interface CertificateFields {
  readonly serial: Der;
  readonly issuer: Der;
  readonly subject: Der;
  /** The bits of the public key, without the algorithm. */
  readonly keyBits: Buffer;
  readonly signature: string;
  readonly extensions: ReadonlyMap<string, Buffer>;
}

const CRL_DISTRIBUTION_POINTS = '2.5.29.31';
const EXTENDED_KEY_USAGE = '2.5.29.37';
const AUTHORITY_INFORMATION = '1.3.6.1.5.5.7.1.1';
const OCSP_ACCESS = '1.3.6.1.5.5.7.48.1';
/** GeneralName uniformResourceIdentifier. */
const URI = 0x86;
/** No certificate in the field has more. */
const MAX_URLS = 4;

/** Reads the fields of RFC 5280, section 4.1. */
export function fieldsOf({ raw }: X509Certificate): CertificateFields {
  const whole = readDer(raw);
  const [body, algorithm] = childrenOf(whole);
  if (body === undefined || algorithm === undefined) throw new RangeError('not a certificate');
  const parts = childrenOf(body);
  const [serial, , issuer, , subject, key] = parts[0]?.tag === 0xa0 ? parts.slice(1) : parts;
  if (serial === undefined || issuer === undefined || subject === undefined || key === undefined)
    throw new RangeError('not a certificate');
  const extensions = parts.find(({ tag }) => tag === 0xa3);
  return {
    serial,
    issuer,
    subject,
    keyBits: childOf(key, 1).content.subarray(1),
    signature: oidOf(childOf(algorithm, 0)),
    extensions: new Map(extensions === undefined ? [] : childrenOf(childOf(extensions, 0)).map(extensionOf)),
  };
}

function extensionOf(one: Der): readonly [string, Buffer] {
  const parts = childrenOf(one);
  const value = parts.find(({ tag }) => tag === TAG.octetString);
  return [parts[0] === undefined ? '' : oidOf(parts[0]), value?.content ?? Buffer.alloc(0)];
}

/** Addresses of OCSP responders. */
export function ocspUrls(certificate: X509Certificate): readonly string[] {
  const value = fieldsOf(certificate).extensions.get(AUTHORITY_INFORMATION);
  if (value === undefined) return [];
  return childrenOf(readDer(value))
    .filter((access) => oidOf(childOf(access, 0)) === OCSP_ACCESS)
    .map((access) => childOf(access, 1))
    .filter(({ tag }) => tag === URI)
    .map(({ content }) => content.toString('latin1'))
    .slice(0, MAX_URLS);
}

/** Addresses of revocation lists. */
export function crlUrls(certificate: X509Certificate): readonly string[] {
  const value = fieldsOf(certificate).extensions.get(CRL_DISTRIBUTION_POINTS);
  return value === undefined ? [] : urisIn(readDer(value), 6).slice(0, MAX_URLS);
}

/** Whether a certificate is allowed to sign OCSP responses for its issuer (RFC 6960, section 4.2.2.2). */
export function signsOcsp(certificate: X509Certificate): boolean {
  const value = fieldsOf(certificate).extensions.get(EXTENDED_KEY_USAGE);
  return value !== undefined && childrenOf(readDer(value)).some((usage) => oidOf(usage) === '1.3.6.1.5.5.7.3.9');
}

function urisIn(der: Der, depth: number): readonly string[] {
  if (der.tag === URI) return [der.content.toString('latin1')];
  const isConstructed = (der.tag & 0x20) !== 0;
  return isConstructed && depth > 0 ? childrenOf(der).flatMap((child) => urisIn(child, depth - 1)) : [];
}
