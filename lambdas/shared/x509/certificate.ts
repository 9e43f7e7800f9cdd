import { bitsOf, type DerValue, integerOf, readOne, sequenceOf, serialOf, timeOf, X509Invalid } from './der.ts';
import { type Extensions, readTaggedExtensions } from './extensions.ts';
import { algorithmOf, readSignedData } from './signedData.ts';

/** The fields of a certificate (RFC 5280, section 4.1) that `X509Certificate` of Node.js does not give, or only as strings. */
export interface Certificate {
  /** In upper-case hexadecimal. */
  readonly serial: string;
  readonly issuer: DerValue;
  readonly subject: DerValue;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  /** The bits of the public key, without its algorithm. */
  readonly keyBits: Buffer;
  /** Object identifier of the algorithm that signed it. */
  readonly signature: string;
  readonly extensions: Extensions;
}

const VERSION = 0xa0;
const EXTENSIONS = 0xa3;
/** What can follow the key, in this order: two unique identifiers, extensions. */
const OPTIONAL = [0x81, 0x82, EXTENSIONS];

/** Reads a certificate in DER, without verifying who signed it. @throws {X509Invalid} */
export function readCertificate(der: Buffer): Certificate {
  const { data, algorithm, attached } = readSignedData(der);
  if (attached.length > 0) throw new X509Invalid('has more than a certificate has');
  const all = sequenceOf(data);
  const hasVersion = all[0]?.tag === VERSION;
  if (hasVersion) integerOf(readOne(bytesOfVersion(all[0])));
  const [serial, inner, issuer, validity, subject, key, ...rest] = hasVersion ? all.slice(1) : all;
  if (issuer === undefined || subject === undefined || inner?.whole.equals(algorithm.whole) !== true) {
    throw new X509Invalid('is no certificate');
  }
  const tags = rest.map(({ tag }) => OPTIONAL.indexOf(tag));
  if (tags.some((tag, i) => tag < 0 || tag <= (tags[i - 1] ?? -1))) throw new X509Invalid('has an unknown field');
  const [from, to, ...times] = sequenceOf(validity);
  const [keyAlgorithm, bits, ...more] = sequenceOf(key);
  if (keyAlgorithm === undefined || times.length > 0 || more.length > 0) throw new X509Invalid('is no certificate');
  return {
    serial: serialOf(serial),
    issuer: nameOf(issuer),
    subject: nameOf(subject),
    from: timeOf(from),
    to: timeOf(to),
    keyBits: bitsOf(bits),
    signature: algorithmOf(algorithm),
    extensions: readTaggedExtensions(rest.find(({ tag }) => tag === EXTENSIONS)),
  };
}

function bytesOfVersion(version: DerValue | undefined): Buffer {
  return version?.bytes ?? Buffer.alloc(0);
}

function nameOf(name: DerValue): DerValue {
  sequenceOf(name);
  return name;
}
