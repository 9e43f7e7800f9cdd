// @peculiar/x509 requires this polyfill at import.
import 'reflect-metadata';
import { createPrivateKey } from 'node:crypto';
import * as x509 from '@peculiar/x509';
import { cryptoKey, type Hash, signatureOf } from './certificateKeys.ts';
import { type CertificateOptions, daysFromNow, type TestCertificate } from './certificates.ts';
import { der } from './der.ts';

/** A revocation list. */
export interface TestCrl {
  readonly pem: string;
  readonly der: Uint8Array;
}

/** What a revocation list can have. */
export interface CrlOptions {
  /** Certificates, or serial numbers in hexadecimal. */
  readonly revoked?: readonly (string | Pick<TestCertificate, 'serial'>)[];
  readonly reason?: x509.X509CrlReason;
  /** @default an hour ago */
  readonly thisUpdate?: Date;
  /** Null leaves it out. @default in a day */
  readonly nextUpdate?: Date | null;
  /** Null leaves the extension out. @default 1 */
  readonly number?: number | null;
  readonly hash?: Hash;
  readonly extensions?: CertificateOptions['extensions'];
  /** Signed by the key of another CA, under the name of this one. */
  readonly signedBy?: TestCertificate;
}

/** The revocation list of a CA. A lapsed one: `{ nextUpdate: daysFromNow(-1) }`. */
export async function makeCrl(ca: TestCertificate, options: CrlOptions = {}): Promise<TestCrl> {
  const { revoked = [], reason, hash = 'SHA-256', number = 1, extensions = [], signedBy = ca, nextUpdate } = options;
  const issuer = new x509.X509Certificate(ca.cert);
  const signingKey = await cryptoKey(createPrivateKey(signedBy.key), hash, 'sign');
  const list = await x509.X509CrlGenerator.create({
    issuer: issuer.subjectName,
    thisUpdate: options.thisUpdate ?? daysFromNow(-1 / 24),
    ...(nextUpdate === null ? {} : { nextUpdate: nextUpdate ?? daysFromNow(1) }),
    entries: revoked.map((one) => ({
      serialNumber: typeof one === 'string' ? one : one.serial,
      revocationDate: daysFromNow(-1 / 24),
      ...(reason === undefined ? {} : { reason }),
    })),
    extensions: [
      await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey),
      ...(number === null ? [] : [new x509.Extension('2.5.29.20', false, der.integer(number))]),
      ...extensions.map(({ oid, critical = false, value }) => new x509.Extension(oid, critical, Buffer.from(value))),
    ],
    signingKey,
    signingAlgorithm: signatureOf(createPrivateKey(signedBy.key), hash),
  });
  // The library writes the label "CRL", which OpenSSL does not read: RFC 7468 (section 6) has this one.
  return { pem: `${x509.PemConverter.encode(list.rawData, 'X509 CRL')}\n`, der: new Uint8Array(list.rawData) };
}
