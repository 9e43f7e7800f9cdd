import type { X509Certificate } from 'node:crypto';

/** A value of DER: its content, and what follows it. */
interface Element {
  readonly content: Buffer;
  readonly rest: Buffer;
}

/** Signatures that both services accept, by the object identifier in hexadecimal (RFC 4055, RFC 5758). */
const SIGNATURES: Readonly<Record<string, string>> = {
  '2a864886f70d01010b': 'SHA-256 with RSA',
  '2a864886f70d01010c': 'SHA-384 with RSA',
  '2a864886f70d01010d': 'SHA-512 with RSA',
  '2a8648ce3d040302': 'SHA-256 with ECDSA',
  '2a8648ce3d040303': 'SHA-384 with ECDSA',
  '2a8648ce3d040304': 'SHA-512 with ECDSA',
};
const RSASSA_PSS = '2a864886f70d01010a';
const HASHES = ['608648016503040201', '608648016503040202', '608648016503040203'];
/** What is found instead, where it has a name that people know. */
const WEAK: Readonly<Record<string, string>> = {
  '2a864886f70d010104': 'MD5 with RSA',
  '2a864886f70d010105': 'SHA-1 with RSA',
  '2a8648ce3d0401': 'SHA-1 with ECDSA',
};

/**
 * The name of the weak or unknown algorithm that a certificate is signed with; undefined where both services accept it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/trust-stores-certificate-management.html
 */
export function rejectedSignature({ raw }: X509Certificate): string | undefined {
  const certificate = element(raw).content;
  const algorithm = element(element(certificate).rest).content;
  const { content, rest: parameters } = element(algorithm);
  const oid = content.toString('hex');
  if (Object.hasOwn(SIGNATURES, oid)) return undefined;
  if (oid !== RSASSA_PSS) return WEAK[oid] ?? `the algorithm with the object identifier 0x${oid}`;
  // The hash is the first parameter, tagged [0]. Without it, it is SHA-1.
  const hash = /^30..a0..30..0609([0-9a-f]{18})/.exec(parameters.toString('hex'))?.[1] ?? '';
  return HASHES.includes(hash) ? undefined : 'RSASSA-PSS without SHA-256, SHA-384 or SHA-512';
}

/** Node.js has parsed the whole certificate before, so its lengths are right. */
function element(der: Buffer): Element {
  const first = der[1] ?? 0;
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  const length = lengthBytes === 0 ? first : der.readUIntBE(2, lengthBytes);
  const start = 2 + lengthBytes;
  return { content: der.subarray(start, start + length), rest: der.subarray(start + length) };
}
