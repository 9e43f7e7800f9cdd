import { X509Certificate } from 'node:crypto';
import { X509Invalid } from '../../../lambdas/shared/x509/der.ts';
import { derOfFile } from '../../../lambdas/shared/x509/pem.ts';
import { type RevocationList, readRevocationList } from '../../../lambdas/shared/x509/revocationList.ts';
import { readRegularFile } from '../../definition/regularFile.ts';
import { pathsOf, readAuthority, readIndex } from './folder.ts';
import { invalidList, issuerOf, MAX_LIST_BYTES, readFolderList } from './folderList.ts';

/** A verified list to publish. */
export interface Publishable {
  readonly file: string;
  readonly pem: string;
  readonly list: RevocationList;
  readonly authority: X509Certificate;
  /** Whether the list is allowed to be without a certificate that the published one revokes. */
  canDrop(serial: string): boolean;
  /** What to do when it is without one. */
  readonly fix: string;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[A-Za-z0-9+/=\s]+-----END CERTIFICATE-----/g;

/**
 * The list in the folder of a CA. It is without certificates that expired long ago.
 *
 * @throws {ConfigError} `authority-unusable`, `revocation-list-invalid`.
 */
export function folderPublishable(dir: string): Publishable {
  const authority = readAuthority(dir);
  const found = readFolderList(authority);
  const file = pathsOf(authority.folder).crl;
  if (found.list === undefined) {
    const fix = `Sign it again: secure-api certs crl --dir ${dir}.`;
    throw invalidList({ location: file, found: `a list that ${found.problem}`, expected: 'the list of this CA', fix });
  }
  const { issued } = readIndex(authority);
  const expired = new Set(
    issued.flatMap(({ serial, to, revoked }) => (revoked !== undefined && Date.parse(to) < Date.now() ? [serial] : [])),
  );
  const fix =
    `The folder comes from an older backup. Download the published list to ${file}, and run: secure-api certs crl ` +
    `--dir ${dir}. It takes over number and revocations of a list that this CA signed.`;
  const certificate = new X509Certificate(authority.certificate);
  return { ...found, file, authority: certificate, canDrop: (serial) => expired.has(serial), fix };
}

/**
 * The list of a CA that was not made by this command: a file in PEM or DER, verified against a trust store.
 *
 * @throws {ConfigError} `revocation-list-invalid`.
 */
export function foreignPublishable(file: string, trustStore: string, allowRemoved: boolean): Publishable {
  const authorities = (readNamed(trustStore, '--trust-store').toString('utf8').match(CERTIFICATE) ?? []).flatMap(
    certificateOf,
  );
  const problems = new Set<string>();
  const bytes = readNamed(file, '--file');
  for (const authority of authorities) {
    try {
      const pem = pemOf(derOfFile(bytes, ['X509 CRL']));
      const list = readRevocationList(pem, issuerOf(authority));
      const fix =
        'Ask the CA. If they have expired, or it took a revocation back, publish the list with --allow-removed.';
      return { file, pem, list, authority, canDrop: () => allowRemoved, fix };
    } catch (error) {
      if (!(error instanceof X509Invalid)) throw error;
      problems.add(error.message);
    }
  }
  throw invalidList({
    location: file,
    found: `a list that ${[...problems].join(', or ') || `no certificate in ${trustStore} can verify`}`,
    expected: `one revocation list in PEM or DER, complete and with an end, signed by a CA in ${trustStore}`,
    fix: 'Get the current list from the CA, and name the file of mtls.trustStore by --trust-store.',
  });
}

function readNamed(file: string, option: string): Buffer {
  const bytes = readRegularFile(file, MAX_LIST_BYTES);
  if (Buffer.isBuffer(bytes)) return bytes;
  const found = `${file}, which ${bytes.problem}`;
  const expected = `the path of a file of at most ${MAX_LIST_BYTES} bytes`;
  throw invalidList({ location: option, found, expected, fix: 'Check the path.' });
}

/** RFC 7468, section 6. */
function pemOf(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `${['-----BEGIN X509 CRL-----', ...lines, '-----END X509 CRL-----'].join('\n')}\n`;
}

function certificateOf(pem: string): readonly X509Certificate[] {
  try {
    return [new X509Certificate(pem)];
  } catch {
    return [];
  }
}
