import { X509Certificate } from 'node:crypto';
import { statSync } from 'node:fs';
import { X509Invalid } from '../../../lambdas/shared/x509/der.ts';
import { derOfFile } from '../../../lambdas/shared/x509/pem.ts';
import { ConfigError } from '../../definition/errors.ts';
import { readRegularFile } from '../../definition/regularFile.ts';
import type { Authority, CertificateIndex, IssuedCertificate } from './folder.ts';

/** A certificate with many names has a few kilobytes. */
const MAX_BYTES = 64 * 1_024;

/**
 * Finds a certificate of a CA by its serial number, its file, or its name. A name means the only certificate of that name that is valid,
 * or else the only one at all.
 *
 * @throws {ConfigError} `certificate-invalid` when there is none, or several.
 */
export function findCertificate(index: CertificateIndex, target: string, authority: Authority): IssuedCertificate {
  const { issued } = index;
  const serial = /^(?:[0-9a-f]{2}:?)+$/i.test(target) ? target.replaceAll(':', '').toUpperCase() : undefined;
  if (serial !== undefined && serial === new X509Certificate(authority.certificate).serialNumber) {
    throw ownCertificate(target, authority);
  }
  const ofName = issued.filter(({ name }) => name === target);
  const valid = ofName.filter(({ to, revoked }) => revoked === undefined && Date.parse(to) > Date.now());
  const [ofSerial] = issued.filter((one) => one.serial === serial);
  // Nobody chooses a serial number, so a name that looks like it is a name after it.
  if (ofSerial !== undefined) return ofSerial;
  const named = valid.length > 0 ? valid : ofName;
  const ofFile = isFile(target) ? fileOrName(target, named, issued, authority) : undefined;
  const found = [...new Set([...(ofFile === undefined ? [] : [ofFile]), ...named])];
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  const fix = `List them: secure-api certs list --dir ${authority.folder}.`;
  if (only === undefined) {
    const expected = 'the name or serial number of a certificate of this CA, or its file in PEM or DER';
    throw invalid(target, 'neither a file nor a name or serial number of the index', expected, fix);
  }
  const candidates = found.map((one) => `${one.serial} (${one.name}, until ${one.to.slice(0, 10)})`);
  throw invalid(
    target,
    `${found.length} certificates: ${candidates.join(', ')}`,
    'one certificate',
    'Name it by its serial number.',
  );
}

/** A file of another kind that has the name of a client by chance, such as a folder entry `acme`, does not hide the client. */
function fileOrName(
  file: string,
  named: readonly IssuedCertificate[],
  issued: readonly IssuedCertificate[],
  authority: Authority,
): IssuedCertificate | undefined {
  try {
    return ofCertificate(issued, file, authority);
  } catch (error) {
    if (named.length === 1) return undefined;
    throw error;
  }
}

function isFile(target: string): boolean {
  return statSync(target, { throwIfNoEntry: false })?.isFile() === true;
}

/** A certificate that is in no index, because an older backup was restored, is known by its file. */
function ofCertificate(issued: readonly IssuedCertificate[], file: string, authority: Authority): IssuedCertificate {
  const read = readCertificateFile(file);
  const ca = new X509Certificate(authority.certificate);
  if (read.raw.equals(ca.raw)) throw ownCertificate(file, authority);
  if (!read.checkIssued(ca) || !read.verify(ca.publicKey)) {
    const fix = `List those of this one: secure-api certs list --dir ${authority.folder}.`;
    throw invalid(file, 'a certificate of another CA', 'a certificate of this CA', fix);
  }
  const known = issued.find(({ serial }) => serial === read.serialNumber);
  if (known !== undefined) return known;
  const name = /^CN=(.*)$/m.exec(read.subject)?.[1] ?? '';
  const [from, to] = [read.validFromDate, read.validToDate].map((time) => time.toISOString()) as [string, string];
  return { serial: read.serialNumber, name, names: [], from, to };
}

/** RFC 5280 (section 6.3): a list of a CA is about the certificates that it issued; nobody looks for the CA itself on it. */
function ownCertificate(target: string, { folder }: Authority): ConfigError {
  const fix = `To take the whole CA out, remove its certificate from the file of mtls.trustStore and deploy. To revoke clients, list them: secure-api certs list --dir ${folder}.`;
  return invalid(target, 'the certificate of the CA itself', 'a certificate that the CA issued', fix);
}

function readCertificateFile(file: string): X509Certificate {
  const bytes = readRegularFile(file, MAX_BYTES);
  try {
    if (!Buffer.isBuffer(bytes)) throw new X509Invalid(bytes.problem);
    return new X509Certificate(derOfFile(bytes, ['CERTIFICATE']));
  } catch (error) {
    const problem = error instanceof X509Invalid ? error.message : 'is no certificate';
    const fix = 'Name its file in issued/, its serial number or its name.';
    throw invalid(file, `a file that ${problem}`, 'one certificate in PEM or DER and nothing else', fix);
  }
}

function invalid(location: string, found: string, expected: string, fix: string): ConfigError {
  return new ConfigError({ code: 'certificate-invalid', location, found, expected, fix });
}
