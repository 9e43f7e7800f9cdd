import type { X509Certificate } from 'node:crypto';
import { crlUrls, ocspUrls } from './certificateFields.ts';
import { readCrl, type Statement } from './crl.ts';
import type { RevocationFacts, TrustPath } from './facts.ts';
import { fetchBounded } from './fetchBounded.ts';
import { ocspRequest, readOcsp } from './ocsp.ts';

/** Responses have about 2 KB; lists of large CAs are sharded, and have a few megabytes at most. */
const MAX_BYTES = { ocsp: 65_536, crl: 10_485_760 } as const;

/** The source of what the server itself sent. */
export const STAPLED = 'the stapled OCSP response';

/** How revocation is asked for. */
export interface RevocationOptions {
  readonly now: Date;
  readonly timeoutMs: number;
  readonly anyAddress: boolean;
  readonly stapled?: Buffer;
}

/** Asks about each certificate of a path whose issuer is known: first what the server stapled, then OCSP, then the list. */
export async function revocationOf(path: TrustPath, options: RevocationOptions): Promise<readonly RevocationFacts[]> {
  const issuers = [...path.certificates.slice(1), ...(path.anchor === undefined ? [] : [path.anchor])];
  const pairs = path.certificates.flatMap((certificate, index) => {
    const issuer = issuers[index];
    return issuer === undefined || issuer.fingerprint256 === certificate.fingerprint256
      ? []
      : [{ certificate, issuer }];
  });
  return Promise.all(
    pairs.map(({ certificate, issuer }, index) =>
      ask(certificate, issuer, index === 0 ? options : { ...options, stapled: undefined }),
    ),
  );
}

async function ask(
  certificate: X509Certificate,
  issuer: X509Certificate,
  options: RevocationOptions,
): Promise<RevocationFacts> {
  const { stapled, now } = options;
  const failures: string[] = [];
  const note = (source: string, statement: Statement): RevocationFacts | undefined => {
    if (statement.status !== 'unknown') return { certificate, source, ...statement };
    failures.push(`${source} ${statement.reason}`);
    return undefined;
  };
  if (stapled !== undefined) {
    const known = note(STAPLED, readOcsp(stapled, certificate, issuer, now));
    if (known !== undefined) return known;
  }
  for (const source of sourcesOf(certificate)) {
    const known = note(`${source.kind} ${source.url}`, await read(source, certificate, issuer, options));
    if (known !== undefined) return known;
  }
  const status = failures.length === 0 ? 'none' : 'unknown';
  return { certificate, status, source: failures.join('; ') || 'the certificate names neither OCSP nor a list' };
}

interface Source {
  readonly kind: 'OCSP' | 'CRL';
  readonly url: string;
}

function sourcesOf(certificate: X509Certificate): readonly Source[] {
  try {
    // A certificate whose fields cannot be read names none that could be asked.
    return [
      ...ocspUrls(certificate).map((url) => ({ kind: 'OCSP' as const, url })),
      ...crlUrls(certificate).map((url) => ({ kind: 'CRL' as const, url })),
    ];
  } catch {
    return [];
  }
}

async function read(
  { kind, url }: Source,
  certificate: X509Certificate,
  issuer: X509Certificate,
  { timeoutMs, anyAddress, now }: RevocationOptions,
): Promise<Statement> {
  const isOcsp = kind === 'OCSP';
  const limits = { timeoutMs, anyAddress, maxBytes: isOcsp ? MAX_BYTES.ocsp : MAX_BYTES.crl };
  const request = isOcsp ? ocspRequest(certificate, issuer) : undefined;
  const bytes = await fetchBounded(url, limits, request);
  if ('reason' in bytes) return { status: 'unknown', reason: bytes.reason };
  return isOcsp ? readOcsp(bytes, certificate, issuer, now) : readCrl(bytes, certificate, issuer, now);
}
