import type { X509Certificate } from 'node:crypto';
import { type SignedFetch, signedFetch } from '../../shared/aws.ts';
import { createHash } from '../../shared/nodeCrypto.ts';
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

/** A CA of the trust store. */
interface Authority {
  /** SHA-256 of its certificate in hexadecimal. */
  readonly id: string;
  readonly certificate: X509Certificate;
  readonly subject: Buffer;
}

/**
 * Checks certificates against the lists in the bucket (`SECURE_API_REVOCATION_LISTS`), one for each CA: `crl/<SHA-256 of the CA certificate in
 * hexadecimal>.pem`. Without the variable, nothing is checked. An intermediate CA is checked against the list of the CA that issued it, where
 * that is in the trust store, too.
 *
 * The returned function throws {@link TokenRejected} `certificate-revoked`. Without a current list that the issuer of a certificate
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
  const trusted = authorities.map(authorityOf);
  const fresh = ttlCache<RevocationList>(FRESH_MS, now);
  const last = new Map<string, RevocationList>();
  const listOf = async (authority: Authority): Promise<RevocationList> => {
    const cached = fresh.get(authority.id);
    const list = cached ?? (await read(send, { bucket, last }, authority));
    if (list.nextUpdate <= now()) throw new AuthorizerFault('revocation-unknown');
    if (cached === undefined) fresh.set(authority.id, list, list.nextUpdate);
    return list;
  };
  const check = async (certificate: X509Certificate, checked: readonly string[]): Promise<void> => {
    const issuers = issuersOf(certificate, trusted).filter(({ id }) => !checked.includes(id));
    const { serial } = readCertificate(certificate.raw);
    const lists = await Promise.allSettled(issuers.map(listOf));
    const current = lists.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
    if (current.some(({ revoked }) => revoked.has(serial))) throw new TokenRejected('certificate-revoked');
    // A renewed CA certificate with the same key is beside the old one: the list of one of them is enough.
    if (current.length === 0) throw faultIn(lists) ?? new AuthorizerFault('revocation-unknown');
    const above = [...checked, ...issuers.map(({ id }) => id)];
    const hasMore = (one: Authority) => !issuersOf(one.certificate, trusted).every(({ id }) => above.includes(id));
    const faults = await Promise.all(
      issuers.map((one) => (hasMore(one) ? faultOf(check(one.certificate, above)) : undefined)),
    );
    // The certificates have one key, so the revocation of one of them counts for all.
    const revoked = faults.find((fault) => fault instanceof TokenRejected);
    if (revoked !== undefined) throw revoked;
    if (faults.every((fault) => fault !== undefined)) throw faults[0];
  };
  return (certificate) => check(certificate, []);
}

function authorityOf(certificate: X509Certificate): Authority {
  const id = createHash('sha256').update(certificate.raw).digest('hex');
  return { id, certificate, subject: readCertificate(certificate.raw).subject.whole };
}

function issuersOf(certificate: X509Certificate, trusted: readonly Authority[]): readonly Authority[] {
  const { issuer } = readCertificate(certificate.raw);
  return trusted.filter((one) => one.subject.equals(issuer.whole) && certificate.verify(one.certificate.publicKey));
}

function faultOf(check: Promise<void>): Promise<unknown> {
  return check.then(
    () => undefined,
    (fault: unknown) => fault,
  );
}

function faultIn(results: readonly PromiseSettledResult<unknown>[]): unknown {
  return results.find((result) => result.status === 'rejected')?.reason;
}

interface Lists {
  readonly bucket: string;
  readonly last: Map<string, RevocationList>;
}

async function read(
  send: SignedFetch,
  { bucket, last }: Lists,
  { id, subject, certificate }: Authority,
): Promise<RevocationList> {
  const before = last.get(id);
  const response = await send(`/${bucket}/crl/${id}.pem`, { method: 'GET' }).catch((cause: unknown) => {
    if (before === undefined) throw new AuthorizerFault('revocation-unknown', cause);
    return undefined;
  });
  if (before !== undefined && (response === undefined || response.status >= 500)) return before;
  if (response === undefined || !response.ok) throw new AuthorizerFault('revocation-unknown');
  const list = verified(response.text, { subject, publicKey: certificate.publicKey });
  // An older list, which somebody put back, must not take a revocation back; nor one of a CA that was restored from a backup.
  if (before !== undefined && (list.thisUpdate < before.thisUpdate || list.number < before.number)) return before;
  last.set(id, list);
  return list;
}

function verified(text: string, issuer: Parameters<typeof readRevocationList>[1]): RevocationList {
  try {
    return readRevocationList(text, issuer);
  } catch (cause) {
    throw new AuthorizerFault('revocation-unknown', cause);
  }
}
