/**
 * The local certificate authority, which stands in for ACM. It is created once and signs the certificate of `localhost` and of the
 * domains of the stack, so that a client trusts one file and never switches verification off.
 */
import { createPrivateKey, X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { readIfPresent, withLock, writePrivateFile } from './files.ts';
import type { Pair, Validity } from './makeCertificates.ts';

/** PEM strings, and where the CA's certificate is. */
export interface LocalTls {
  readonly cert: string;
  readonly key: string;
  readonly caPem: string;
  readonly caPath: string;
}

const DAY_MS = 86_400_000;
const CA_DAYS = 3_650;
/** Short, so that a lost key is of little use, and so that renewal is exercised (docs/adr/0046-local-tls.md). */
const LEAF_DAYS = 7;
/** As ACM and Let's Encrypt advise for short certificates: with a third of the lifetime left. */
const RENEW_LEAF_MS = (LEAF_DAYS * DAY_MS) / 3;
const RENEW_CA_MS = 30 * DAY_MS;
/** A certificate begins a minute before it is made: clocks of clients differ a little. */
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
    const makeCa = async () => known ?? (await generator()).makeAuthority(validity(CA_DAYS, now()));
    const ca = await readOrMake(folder, 'ca', isGoodCa, makeCa);
    const isGood = (pair: Pair): boolean => isFresh(pair, now()) && isSignedBy(pair, ca) && covers(pair, names);
    const leaf = await readOrMake(folder, 'server', isGood, async () =>
      (await generator()).makeLeaf(known ?? ca, names, validity(LEAF_DAYS, now())),
    );
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

/** Its library is a third of all modules of the gateway, and most starts make no certificate. */
function generator() {
  return import('./makeCertificates.ts');
}

function validity(days: number, now: number): Validity {
  return { notBefore: new Date(now - BEFORE_MS), notAfter: new Date(now + days * DAY_MS) };
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
function isKeyOf(certificate: X509Certificate, key: string): boolean {
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

function parse(cert: string): X509Certificate | undefined {
  try {
    return new X509Certificate(cert);
  } catch {
    return undefined;
  }
}
