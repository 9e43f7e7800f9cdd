/**
 * The local certificate authority, which stands in for ACM. It is created once and signs the certificate of `localhost` and of the
 * domains of the stack, so that a client trusts one file and never switches verification off.
 */
// @peculiar/x509 requires this polyfill at import.
import 'reflect-metadata';
import { createPrivateKey, X509Certificate as ParsedCertificate, webcrypto } from 'node:crypto';
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
import { readIfPresent, withLock, writePrivateFile } from './files.ts';

/** PEM strings, and where the CA's certificate is. */
export interface LocalTls {
  readonly cert: string;
  readonly key: string;
  readonly caPem: string;
  readonly caPath: string;
}

/** PEM of a certificate and of its private key. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const DAY_MS = 86_400_000;
const CA_DAYS = 3_650;
/** Short, so that a lost key is of little use, and so that renewal is exercised (docs/adr/0046-local-tls.md). */
const LEAF_DAYS = 7;
/** As ACM and Let's Encrypt advise for short certificates: with a third of the lifetime left. */
const RENEW_LEAF_MS = (LEAF_DAYS * DAY_MS) / 3;
const RENEW_CA_MS = 30 * DAY_MS;
/** A certificate begins a minute before it is made. */
const BEFORE_MS = 60_000;

/** What a certificate is made for. */
export interface TlsOptions {
  /** DNS names that the certificate covers beside `localhost`, in lower case, such as `api.example.com` or `*.example.com`. */
  readonly names?: readonly string[];
  /** Milliseconds since the epoch. @default - the system clock: clients compare certificates with it, whatever `--speed` is */
  readonly now?: () => number;
}

/**
 * Reads CA and certificate from `<data>/tls`, making what is missing, broken, of another CA or without one of the names. The certificate
 * lives 7 days and is renewed when a third of that is left. Two processes at once get the same.
 *
 * @throws when the folder cannot be written
 */
export async function localTls(dataDirectory: string, options: TlsOptions = {}): Promise<LocalTls> {
  return (await readTls(dataDirectory, options)).tls;
}

/** The certificate together with the CA that signs it. A CA that is given is the one, also where its files are lost or are of another. */
export async function readTls(dataDirectory: string, { names = [], now = Date.now }: TlsOptions, known?: Pair) {
  const folder = join(dataDirectory, 'tls');
  return withLock(folder, async () => {
    const isGoodCa = (pair: Pair) => (known === undefined ? lives(pair, now(), RENEW_CA_MS) : pair.cert === known.cert);
    const ca = await readOrMake(folder, 'ca', isGoodCa, async () => known ?? makeAuthority(now()));
    const isGood = (pair: Pair): boolean => isFresh(pair, now()) && isSignedBy(pair, ca) && covers(pair, names);
    const leaf = await readOrMake(folder, 'server', isGood, () => makeLeaf(known ?? ca, names, now()));
    const tls: LocalTls = { ...leaf, caPem: ca.cert, caPath: join(folder, 'ca.pem') };
    return { tls, ca: known ?? ca };
  });
}

/** Whether a certificate needs no renewal. False also after the clock was set back to before its beginning. */
export function isFresh({ cert, key }: Pair, now: number): boolean {
  const end = parse(cert)?.validToDate.getTime() ?? 0;
  // An earlier release made them for 90 days.
  return lives({ cert, key }, now, RENEW_LEAF_MS) && end - now <= LEAF_DAYS * DAY_MS + BEFORE_MS;
}

/** The pair of these files, or a new one. */
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

function lives({ cert, key }: Pair, now: number, left: number): boolean {
  const parsed = parse(cert);
  if (parsed === undefined || parsed.validFromDate.getTime() > now) return false;
  return parsed.validToDate.getTime() - now > left && isKeyOf(parsed, key);
}

/** A crash between the two files leaves a certificate with the key of another. */
function isKeyOf(certificate: ParsedCertificate, key: string): boolean {
  try {
    return certificate.checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function covers({ cert }: Pair, names: readonly string[]): boolean {
  const covered = parse(cert)?.subjectAltName?.split(', ') ?? [];
  return names.every((name) => covered.includes(`DNS:${name}`));
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

async function makeAuthority(now: number): Promise<Pair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    ...validity(CA_DAYS, now),
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

async function makeLeaf(ca: Pair, names: readonly string[], now: number): Promise<Pair> {
  const authority = new X509Certificate(ca.cert);
  const der = PemConverter.decodeFirst(ca.key);
  const signingKey = await webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.create({
    ...validity(LEAF_DAYS, now),
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
        ...[...new Set(names)].map((value) => ({ type: 'dns' as const, value })),
      ]),
      await AuthorityKeyIdentifierExtension.create(authority.publicKey),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { cert: pemOf(certificate), key: await pemOfKey(keys.privateKey) };
}

/** Valid since a minute ago: clocks of clients differ a little. */
function validity(days: number, now: number) {
  return { notBefore: new Date(now - BEFORE_MS), notAfter: new Date(now + days * DAY_MS) };
}

function pemOf(certificate: X509Certificate): string {
  return `${certificate.toString('pem')}\n`;
}

async function pemOfKey(key: webcrypto.CryptoKey): Promise<string> {
  return `${PemConverter.encode(await webcrypto.subtle.exportKey('pkcs8', key), 'PRIVATE KEY')}\n`;
}
