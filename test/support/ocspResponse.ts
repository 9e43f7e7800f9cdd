import { createHash, createPrivateKey, sign, X509Certificate } from 'node:crypto';
import { fieldsOf } from '../../lib/cli/domain/observe/certificateFields.ts';
import { daysFromNow, type TestCertificate } from './certificates.ts';
import { der } from './der.ts';

/** What a responder says of one certificate. */
export interface OcspOptions {
  readonly status?: 'good' | 'revoked' | 'unknown';
  /** @default an hour ago */
  readonly thisUpdate?: Date;
  /** @default in a day */
  readonly nextUpdate?: Date;
  /** The key that signs. @default that of the issuer */
  readonly signedBy?: TestCertificate;
  /** Certificates in the response. */
  readonly attached?: readonly TestCertificate[];
}

const ECDSA_SHA256 = der.sequence(der.value(0x06, Buffer.from('2a8648ce3d040302', 'hex')));
const SHA1 = der.sequence(der.value(0x06, Buffer.from('2b0e03021a', 'hex')), der.value(0x05, Buffer.alloc(0)));
const BASIC = der.value(0x06, Buffer.from('2b0601050507300101', 'hex'));

/** An OCSP response (RFC 6960, section 4.2.1), signed by ECDSA with SHA-256. */
export function makeOcspResponse(subject: TestCertificate, issuer: TestCertificate, options: OcspOptions = {}): Buffer {
  const { status = 'good', signedBy = issuer, attached = [] } = options;
  const from = time(options.thisUpdate ?? daysFromNow(-1 / 24));
  const { subject: name, keyBits } = fieldsOf(new X509Certificate(issuer.cert));
  const { serial } = fieldsOf(new X509Certificate(subject.cert));
  const hashes = [name.whole, keyBits].map((bytes) => der.value(0x04, createHash('sha1').update(bytes).digest()));
  const states = {
    good: der.value(0x80, Buffer.alloc(0)),
    revoked: der.value(0xa1, from),
    unknown: der.value(0x82, Buffer.alloc(0)),
  };
  const single = der.sequence(
    der.sequence(SHA1, ...hashes, der.integer(BigInt(`0x${serial}`))),
    states[status],
    from,
    der.value(0xa0, time(options.nextUpdate ?? daysFromNow(1))),
  );
  const data = der.sequence(der.value(0xa1, name.whole), from, der.sequence(single));
  const signature = sign('sha256', data, createPrivateKey(signedBy.key));
  const certificates = der.value(0xa0, der.sequence(...attached.map((one) => one.der)));
  const basic = der.sequence(
    data,
    ECDSA_SHA256,
    der.value(0x03, Buffer.concat([Buffer.from([0]), signature])),
    ...(attached.length === 0 ? [] : [certificates]),
  );
  const body = der.value(0xa0, der.sequence(BASIC, der.value(0x04, basic)));
  return Buffer.from(der.sequence(der.value(0x0a, Buffer.from([0])), body));
}

function time(date: Date): Uint8Array {
  return der.value(0x18, Buffer.from(`${date.toISOString().replaceAll(/[-:T]|\.\d+/g, '')}`));
}
