import { createPublicKey, generateKeyPairSync, X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type KmsKey, openKmsKey } from '../../aws/kms.ts';
import { withLock } from '../signIn/lockFile.ts';
import { writeAtomically } from '../writeAtomically.ts';
import { makeAuthority } from './build.ts';
import { type Authority, makeFolder, pathsOf, readAuthority, unusable, writeIndex } from './folder.ts';
import type { AlternativeName } from './names.ts';
import { type Curve, curveOf, digestOf, HASHES, keySigner, type Signer } from './signer.ts';

const OPENSSL_CURVES = { 'P-256': 'prime256v1', 'P-384': 'secp384r1' } as const;

/** What a new CA is. */
export interface NewAuthority {
  readonly dir: string;
  readonly name: string;
  readonly days: number;
  readonly curve: Curve;
  readonly permitted: readonly AlternativeName[];
  readonly kms?: string;
  readonly region?: string;
}

/**
 * Makes a CA in a folder. ca.pem is written last, so a folder without it is no CA and can be used again.
 *
 * @throws {ConfigError} `authority-unusable`, and those of KMS.
 */
export async function createAuthority({
  dir,
  name,
  days,
  curve,
  permitted,
  kms,
  region,
}: NewAuthority): Promise<Authority> {
  const folder = makeFolder(dir);
  const paths = pathsOf(folder);
  return withLock(paths.index, async () => {
    // Another process may have made one since.
    makeFolder(dir);
    const key = kms === undefined ? undefined : await openKmsKey(kms, region);
    const pem = key === undefined ? makeKey(curve) : undefined;
    const signer = pem === undefined ? kmsSigner(key as KmsKey) : keySigner(pem);
    const { pem: certificate } = await makeAuthority(signer, { name, days, permitted });
    if (pem !== undefined) writeAtomically(paths.key, pem);
    const settings = { version: 1, permitted, ...(key === undefined ? {} : { kms: key.arn }) } as const;
    writeAtomically(paths.settings, `${JSON.stringify(settings, null, 2)}\n`);
    writeIndex({ folder }, { version: 1, crlNumber: 0, issued: [] });
    writeAtomically(paths.certificate, certificate, 0o644);
    return { folder, certificate, settings };
  });
}

/** A CA with its key. */
export interface OpenAuthority extends Authority {
  readonly signer: Signer;
  readonly expires: Date;
}

/**
 * Opens a CA to sign with it, under its lock.
 *
 * @throws {ConfigError} `authority-unusable` when it has expired, or its key is missing or another one.
 */
export async function withAuthority<T>(dir: string, run: (authority: OpenAuthority) => Promise<T>): Promise<T> {
  const { folder } = readAuthority(dir);
  return withLock(pathsOf(folder).index, async () => {
    const authority = readAuthority(dir);
    const { publicKey, validToDate: expires } = new X509Certificate(authority.certificate);
    if (expires.getTime() <= Date.now()) {
      throw unusable(
        dir,
        `a CA that expired on ${expires.toISOString()}`,
        'a CA that is valid',
        'Make a new one beside it (docs/certs.md, rotation).',
      );
    }
    const signer = await signerOf(authority, dir);
    if (!signer.publicKey.equals(publicKey)) {
      throw unusable(
        dir,
        'a key that is not of the certificate ca.pem',
        'the key of the CA',
        'Restore the folder of the CA from its backup.',
      );
    }
    return run({ ...authority, signer, expires });
  });
}

async function signerOf({ folder, settings: { kms } }: Authority, dir: string): Promise<Signer> {
  if (kms !== undefined) return kmsSigner(await openKmsKey(kms));
  try {
    return keySigner(readFileSync(pathsOf(folder).key, 'utf8'));
  } catch {
    throw unusable(dir, 'no readable ca.key', 'the key of the CA', 'Restore the folder of the CA from its backup.');
  }
}

function kmsSigner({ publicKey: der, sign }: KmsKey): Signer {
  const publicKey = createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' });
  const curve = curveOf(publicKey);
  const algorithm = `ECDSA_${HASHES[curve].replace('-', '_')}`;
  return { curve, publicKey, sign: (bytes) => sign(digestOf(curve, bytes), algorithm) };
}

/** A key in PEM (PKCS #8). */
export function makeKey(curve: Curve): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: OPENSSL_CURVES[curve] });
  return String(privateKey.export({ type: 'pkcs8', format: 'pem' }));
}

/** Writes a key that no other user can read, to a path where nothing is. */
export function writeKey(file: string, pem: string): void {
  writeFileSync(file, pem, { mode: 0o600, flag: 'wx' });
}
