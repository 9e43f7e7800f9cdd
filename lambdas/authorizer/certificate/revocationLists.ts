import { createHash, type X509Certificate } from 'node:crypto';
import { type SignedFetch, signedFetch } from '../../shared/aws.ts';
import type { AuthorizerEnvironment, Readable } from '../../shared/wireContract.ts';
import { readCertificate } from '../../shared/x509/certificate.ts';
import { type RevocationList, readRevocationList } from '../../shared/x509/revocationList.ts';
import { AuthorizerFault, TokenRejected } from '../reasons.ts';
import { ttlCache } from '../ttlCache.ts';

/** A revocation counts within this time after its list is in the bucket. */
const FRESH_MS = 30_000;
const LIMITS = { timeoutMs: 2_000, retries: 2 } as const;

/** Throws when a certificate is revoked, or when nothing is known about it. */
export type RejectRevoked = (certificate: X509Certificate) => Promise<void>;

/**
 * Checks certificates against the lists in the bucket (`SECURE_API_REVOCATION_LISTS`), one for each CA: `crl/<SHA-256 of the CA certificate in
 * hexadecimal>.pem`. Without the variable, nothing is checked.
 *
 * The returned function throws {@link TokenRejected} `certificate-revoked`. Without a current list that the issuer of the certificate
 * signed, it throws {@link AuthorizerFault} `revocation-unknown`: the certificate could be revoked. While the bucket is unreachable, a list that
 * was read counts until it lapses.
 */
export function revocationLists(
  environment: Readable<AuthorizerEnvironment>,
  authorities: readonly X509Certificate[],
  now: () => number = Date.now,
): RejectRevoked {
  const bucket = environment.SECURE_API_REVOCATION_LISTS;
  if (bucket === undefined || bucket === '') return async () => {};
  const send = signedFetch(environment, 's3', LIMITS);
  const issuers = authorities.map((authority) => ({
    authority,
    subject: readCertificate(authority.raw).subject.whole,
  }));
  const fresh = ttlCache<RevocationList>(FRESH_MS, now);
  const last = new Map<string, RevocationList>();
  return async (certificate) => {
    const { issuer, serial } = readCertificate(certificate.raw);
    const found = issuers.find(
      ({ authority, subject }) => subject.equals(issuer.whole) && certificate.verify(authority.publicKey),
    );
    if (found === undefined) throw new AuthorizerFault('revocation-unknown');
    const id = createHash('sha256').update(found.authority.raw).digest('hex');
    const cached = fresh.get(id);
    const list = cached ?? (await read(send, { bucket, id, last }, found));
    if (list.nextUpdate <= now()) throw new AuthorizerFault('revocation-unknown');
    if (cached === undefined) fresh.set(id, list, list.nextUpdate);
    if (list.revoked.has(serial)) throw new TokenRejected('certificate-revoked');
  };
}

interface Place {
  readonly bucket: string;
  readonly id: string;
  readonly last: Map<string, RevocationList>;
}

async function read(
  send: SignedFetch,
  { bucket, id, last }: Place,
  { authority, subject }: { readonly authority: X509Certificate; readonly subject: Buffer },
): Promise<RevocationList> {
  const before = last.get(id);
  const response = await send(`/${bucket}/crl/${id}.pem`, { method: 'GET' }).catch((cause: unknown) => {
    if (before === undefined) throw new AuthorizerFault('revocation-unknown', cause);
    return undefined;
  });
  if (before !== undefined && (response === undefined || response.status >= 500)) return before;
  if (response === undefined || !response.ok) throw new AuthorizerFault('revocation-unknown');
  const list = listOf(response.text, { subject, publicKey: authority.publicKey });
  // An older list, which somebody put back, must not take a revocation back; nor one of a CA that was restored from a backup.
  if (before !== undefined && (list.thisUpdate < before.thisUpdate || list.number < before.number)) return before;
  last.set(id, list);
  return list;
}

function listOf(text: string, issuer: Parameters<typeof readRevocationList>[1]): RevocationList {
  try {
    return readRevocationList(text, issuer);
  } catch (cause) {
    throw new AuthorizerFault('revocation-unknown', cause);
  }
}
