/**
 * The local certificate authority, which stands in for ACM. It is created once and signs the certificate of `localhost`,
 * so that a client trusts one file and never switches verification off.
 */
// @peculiar/x509 requires this polyfill at import.
import 'reflect-metadata';
import { X509Certificate as ParsedCertificate, webcrypto } from 'node:crypto';
import { join } from 'node:path';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { readIfPresent, writePrivateFile } from './files.ts';

/** PEM strings, and where the CA's certificate is. */
export interface LocalTls {
  readonly cert: string;
  readonly key: string;
  readonly caPem: string;
  readonly caPath: string;
}

interface Pair {
  readonly cert: string;
  readonly key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const CA_DAYS = 3_650;
/** Clients reject leaves that live longer than 398 days (CA/Browser Forum baseline requirements before the 2026 cut). */
const LEAF_DAYS = 90;
const RENEW_DAYS = 30;

/** Reads CA and certificate from `<data>/tls`, making what is missing; the certificate is renewed 30 days before its end. */
export async function localTls(dataDirectory: string): Promise<LocalTls> {
  const folder = join(dataDirectory, 'tls');
  const ca = await readOrMake(folder, 'ca', isUsable, makeAuthority);
  const leaf = await readOrMake(
    folder,
    'server',
    (pair) => isUsable(pair) && isSignedBy(pair, ca),
    () => makeLeaf(ca),
  );
  return { ...leaf, caPem: ca.cert, caPath: join(folder, 'ca.pem') };
}

/** The pair of these files, or a new one. The key is written first: a certificate without its key would be of no use. */
async function readOrMake(
  folder: string,
  name: string,
  isGood: (pair: Pair) => boolean,
  make: () => Promise<Pair>,
): Promise<Pair> {
  const paths = { key: join(folder, `${name}.key`), cert: join(folder, `${name}.pem`) };
  const found = { key: readIfPresent(paths.key) ?? '', cert: readIfPresent(paths.cert) ?? '' };
  if (isGood(found)) return found;
  const made = await make();
  writePrivateFile(paths.key, made.key);
  writePrivateFile(paths.cert, made.cert);
  return made;
}

function isUsable({ cert, key }: Pair): boolean {
  const parsed = parse(cert);
  if (parsed === undefined || key === '') return false;
  return parsed.validToDate.getTime() - Date.now() > RENEW_DAYS * DAY_MS;
}

function isSignedBy({ cert }: Pair, ca: Pair): boolean {
  const authority = parse(ca.cert);
  return authority !== undefined && parse(cert)?.verify(authority.publicKey) === true;
}

function parse(cert: string): ParsedCertificate | undefined {
  try {
    return new ParsedCertificate(cert);
  } catch {
    return undefined;
  }
}

async function makeAuthority(): Promise<Pair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(CA_DAYS),
    name: 'CN=secure-api local CA, O=This machine only',
    keys,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pemOf(certificate), key: await pemOfKey(keys.privateKey) };
}

async function makeLeaf(ca: Pair): Promise<Pair> {
  const authority = new X509Certificate(ca.cert);
  const der = PemConverter.decodeFirst(ca.key);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    ...validity(LEAF_DAYS),
    subject: 'CN=localhost',
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension([
        { type: 'dns', value: 'localhost' },
        { type: 'ip', value: '127.0.0.1' },
        { type: 'ip', value: '::1' },
      ]),
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pemOf(certificate), key: await pemOfKey(keys.privateKey) };
}

/** Valid since a minute ago: clocks of clients differ a little. */
function validity(days: number) {
  return { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + days * DAY_MS) };
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function pemOfKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}
