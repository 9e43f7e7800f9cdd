/**
 * The folder of a CA:
 *
 *   ca.pem       the certificate of the CA: the trust store of the API
 *   ca.key       its key, unless it is in KMS
 *   ca.json      curve, constraints on names, key in KMS
 *   index.json   every issued certificate, what is revoked, the number of the last revocation list
 *   crl.pem      the revocation list
 *   issued/      certificates by their serial numbers, and the keys that were made for them
 *
 * Each file is written in one step. index.json is written before what it describes: after a process was killed in between, the index
 * knows a certificate that nobody has, or a revocation that the list is still without. The next run repairs the list.
 */
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigError } from '../../definition/errors.ts';
import { writeAtomically } from '../writeAtomically.ts';
import type { AlternativeName } from './names.ts';
import type { RevocationReason } from './reasons.ts';

/** What ca.json holds. */
export interface AuthoritySettings {
  readonly version: 1;
  readonly permitted: readonly AlternativeName[];
  /** ARN of the key in KMS. */
  readonly kms?: string;
}

/** One issued certificate. */
export interface IssuedCertificate {
  /** Upper-case hexadecimal. */
  readonly serial: string;
  readonly name: string;
  readonly names: readonly AlternativeName[];
  /** ISO 8601, like all times of the index. */
  readonly from: string;
  readonly to: string;
  readonly revoked?: { readonly at: string; readonly reason: RevocationReason };
}

/** What index.json holds. */
export interface CertificateIndex {
  readonly version: 1;
  /** Number of the last revocation list that was begun. */
  readonly crlNumber: number;
  readonly issued: readonly IssuedCertificate[];
}

/** A CA on the disk. */
export interface Authority {
  readonly folder: string;
  /** Certificate in PEM. */
  readonly certificate: string;
  readonly settings: AuthoritySettings;
}

/** The paths in the folder of a CA. */
export function pathsOf(folder: string) {
  const of = (name: string) => join(folder, name);
  return {
    certificate: of('ca.pem'),
    key: of('ca.key'),
    settings: of('ca.json'),
    index: of('index.json'),
    crl: of('crl.pem'),
    issued: (serial: string) => of(join('issued', `${serial.toLowerCase()}.pem`)),
    issuedKey: (serial: string) => of(join('issued', `${serial.toLowerCase()}.key`)),
  };
}

/**
 * Makes the folder of a new CA, for its owner only.
 *
 * @throws {ConfigError} `authority-unusable` when it holds a CA, or others can read it.
 */
export function makeFolder(dir: string): string {
  const folder = resolve(dir);
  const paths = pathsOf(folder);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  requirePrivate(folder);
  if (existsSync(paths.certificate)) {
    throw unusable(
      dir,
      'a folder that holds a CA',
      'a new folder',
      'Name another folder; a CA is replaced by a second one beside it (docs/certs.md).',
    );
  }
  mkdirSync(join(folder, 'issued'), { recursive: true, mode: 0o700 });
  // A key that is committed is a key that everybody has. The stack needs the certificate.
  writeFileSync(join(folder, '.gitignore'), '*\n!.gitignore\n!ca.pem\n', { mode: 0o600 });
  return folder;
}

/**
 * Reads a CA.
 *
 * @throws {ConfigError} `authority-unusable` when there is none, or a file of it is not readable.
 */
export function readAuthority(dir: string): Authority {
  const folder = resolve(dir);
  const paths = pathsOf(folder);
  if (!existsSync(paths.certificate)) {
    throw unusable(
      dir,
      'no ca.pem',
      'the folder of a CA',
      `Make one: secure-api certs ca --dir ${dir}. Or name its folder by --dir.`,
    );
  }
  requirePrivate(folder);
  const settings = parsed<AuthoritySettings>(
    paths.settings,
    ({ version, permitted }) => version === 1 && Array.isArray(permitted),
  );
  return { folder, certificate: readFileSync(paths.certificate, 'utf8'), settings };
}

/** Reads the index of a CA. */
export function readIndex({ folder }: Authority): CertificateIndex {
  return parsed<CertificateIndex>(
    pathsOf(folder).index,
    ({ version, issued, crlNumber }) => version === 1 && Array.isArray(issued) && Number.isSafeInteger(crlNumber),
  );
}

/** Writes the index of a CA, whose lock the caller holds. */
export function writeIndex({ folder }: Pick<Authority, 'folder'>, index: CertificateIndex): void {
  writeAtomically(pathsOf(folder).index, `${JSON.stringify(index, null, 2)}\n`);
}

/** The error of a CA that cannot be used. */
export function unusable(dir: string, found: string, expected: string, fix: string): ConfigError {
  return new ConfigError({ code: 'authority-unusable', location: dir, found, expected, fix });
}

/** Anybody who can write to the folder can revoke a revocation. Windows has no such modes. */
function requirePrivate(folder: string): void {
  const mode = statSync(folder).mode & 0o777;
  if (process.platform === 'win32' || (mode & 0o077) === 0) return;
  throw unusable(
    folder,
    `mode ${mode.toString(8)}`,
    'a folder that only its owner can read, mode 700',
    `chmod 700 ${folder}`,
  );
}

function parsed<T>(file: string, isValid: (value: Partial<T>) => boolean): T {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    value = undefined;
  }
  if (typeof value === 'object' && value !== null && isValid(value as Partial<T>)) return value as T;
  throw unusable(
    file,
    'a file that is missing or damaged',
    'the file as secure-api wrote it',
    'Restore the folder of the CA from its backup.',
  );
}
