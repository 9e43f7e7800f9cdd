import { X509Certificate } from 'node:crypto';
import { readCertificate } from '../../../lambdas/shared/x509/certificate.ts';
import { X509Invalid } from '../../../lambdas/shared/x509/der.ts';
import {
  type ListIssuer,
  type RevocationList,
  readRevocationList,
} from '../../../lambdas/shared/x509/revocationList.ts';
import { ConfigError } from '../../definition/errors.ts';
import type { Fault } from '../../definition/fault.ts';
import { readRegularFile } from '../../definition/regularFile.ts';
import { type Authority, type CertificateIndex, pathsOf } from './folder.ts';

/** The lists of the largest public CAs have about so many bytes. A larger one would also slow down each authorizer that reads it. */
export const MAX_LIST_BYTES = 10_485_760;

/** What crl.pem is: the list of the CA with its text, or what is wrong with it. */
export type FolderList =
  | { readonly list: RevocationList; readonly pem: string }
  | { readonly list?: undefined; readonly problem: string };

/** Reads crl.pem and verifies that its CA signed it. */
export function readFolderList({ folder, certificate }: Authority): FolderList {
  const bytes = readRegularFile(pathsOf(folder).crl, MAX_LIST_BYTES);
  if (!Buffer.isBuffer(bytes)) return bytes;
  const pem = bytes.toString('utf8');
  try {
    return { list: readRevocationList(pem, issuerOf(new X509Certificate(certificate))), pem };
  } catch (error) {
    if (error instanceof X509Invalid) return { problem: error.message };
    throw error;
  }
}

/** What a list has to be signed by. */
export function issuerOf({ raw, publicKey }: X509Certificate): ListIssuer {
  return { subject: readCertificate(raw).subject.whole, publicKey };
}

/** Serial numbers that a list revokes, and the index does not: the index comes from an older backup. */
export function unknownTo({ issued }: CertificateIndex, { revoked }: RevocationList): readonly string[] {
  const known = new Set(issued.flatMap(({ serial, revoked: entry }) => (entry === undefined ? [] : [serial])));
  return [...revoked.keys()].filter((serial) => !known.has(serial));
}

/** The error of a list that cannot be published. */
export function invalidList(fault: Omit<Fault, 'code'>): ConfigError {
  return new ConfigError({ code: 'revocation-list-invalid', ...fault });
}
