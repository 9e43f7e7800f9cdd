import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { readCertificate } from '../../../lambdas/shared/x509/certificate.ts';
import { formatValue } from '../../definition/checks/check.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { invalid } from '../invalid.ts';

/** A checked file of CA certificates. */
export interface TrustStore {
  /** Absolute. */
  readonly path: string;
  /** Each certificate: DER in base64. */
  readonly certificates: readonly string[];
}

/** https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html: certificates, and bytes of the file. */
const MOST_CERTIFICATES = 1000;
const MOST_BYTES = 1_048_576;
const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;
const MIN_RSA_BITS = 2048;
/** What both services verify signatures with. */
const CURVES = ['prime256v1', 'secp384r1'];

/**
 * Reads and checks a trust store.
 *
 * @throws {ConfigError} `mtls-invalid`.
 */
export function readTrustStore(location: string, file: string, now = new Date()): TrustStore {
  const path = resolve(file);
  const text = textOf(location, path, file);
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) {
    const fix = 'Take the key out of the file: whoever deploys the stack could sign certificates with it.';
    throw wrong(location, `a private key in ${file}`, 'certificates alone', fix);
  }
  const found = text.match(CERTIFICATE) ?? [];
  if (found.length === 0 || found.length > MOST_CERTIFICATES || Buffer.byteLength(text) > MOST_BYTES) {
    const expected = `1 to ${MOST_CERTIFICATES} certificates in PEM, at most ${MOST_BYTES} bytes`;
    const is = `${found.length} certificates and ${Buffer.byteLength(text)} bytes in ${file}`;
    throw wrong(
      location,
      is,
      expected,
      'Write the certificates of the CAs that are accepted into the file, one after the other.',
    );
  }
  const certificates = found.map((pem, i) => parsed(location, pem, `certificate ${i + 1} of ${file}`));
  for (const [i, certificate] of certificates.entries()) {
    requireAuthority(location, certificate, { name: `certificate ${i + 1} of ${file}`, now });
  }
  const encoded = certificates.map(({ raw }) => raw.toString('base64'));
  const twice = encoded.findIndex((one, i) => encoded.indexOf(one) !== i);
  if (twice >= 0)
    throw wrong(location, `certificate ${twice + 1} of ${file} twice`, 'each certificate once', 'Remove one.');
  return { path, certificates: encoded };
}

function requireAuthority(
  location: string,
  certificate: X509Certificate,
  { name, now }: { readonly name: string; readonly now: Date },
): void {
  const { asymmetricKeyType: type, asymmetricKeyDetails: details = {} } = certificate.publicKey;
  const isStrong =
    (type === 'rsa' && (details.modulusLength ?? 0) >= MIN_RSA_BITS) ||
    (type === 'ec' && CURVES.includes(details.namedCurve ?? ''));
  const faults = [
    {
      is: !certificate.ca,
      found: `${name} is of no CA`,
      expected: 'CA certificates',
      fix: 'Write the certificate of the CA that issues the clients’ certificates into the file, not those of clients.',
    },
    {
      is: certificate.validToDate <= now,
      found: `${name} expired on ${certificate.validToDate.toISOString().slice(0, 10)}`,
      expected: 'CA certificates that are valid',
      fix: 'Replace it by the new certificate of the CA, or remove it: nobody below it is accepted.',
    },
    {
      is: !isStrong,
      found: `${name} has a key of ${type} ${details.modulusLength ?? details.namedCurve ?? ''}`.trim(),
      expected: `RSA of at least ${MIN_RSA_BITS} bits, or P-256 or P-384`,
      fix: 'AWS accepts no other keys in a trust store: create another CA.',
    },
  ];
  for (const { is, found, expected, fix } of faults) if (is) throw wrong(location, found, expected, fix);
}

function textOf(location: string, path: string, file: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unreadable';
    const fix = 'Give the path of the file relative to the folder in which the app runs.';
    throw wrong(location, `${formatValue(file)}, which cannot be read (${reason})`, 'a PEM file', fix);
  }
}

function parsed(location: string, pem: string, name: string): X509Certificate {
  try {
    const certificate = new X509Certificate(pem);
    // As the functions read it, more strictly than Node.js.
    readCertificate(certificate.raw);
    return certificate;
  } catch {
    throw wrong(location, `${name} that cannot be read`, 'certificates in PEM', 'Export it again from the CA.');
  }
}

function wrong(location: string, found: string, expected: string, fix: string): ConfigError {
  return invalid({ code: 'mtls-invalid', location, found, expected, fix });
}
