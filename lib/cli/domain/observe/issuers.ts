import { X509Certificate } from 'node:crypto';
import { bytesOf, readAll, readOne, sequenceOf } from '../../../../lambdas/shared/x509/der.ts';
import { issuerUrls } from './certificateFields.ts';
import type { TrustPath } from './facts.ts';
import { fetchBounded } from './fetchBounded.ts';
import { issued, trustPath } from './trustPath.ts';

/** Chains of public CAs have one or two intermediates. */
const MAX_FETCHED = 3;
/** One certificate has about 2 KB; a bundle of some has less than this. */
const MAX_BYTES = 65_536;
/** The tag of `certificates` in SignedData (RFC 5652, section 5.1), and of the content of a ContentInfo. */
const CONTEXT_0 = 0xa0;

/** What the server sent, what is trusted, and how issuers are looked for. */
export interface IssuerOptions {
  readonly sent: readonly X509Certificate[];
  readonly anchors: readonly X509Certificate[];
  readonly now: Date;
  /** For all requests together. */
  readonly timeoutMs: number;
  readonly anyAddress: boolean;
}

/** A path, with the issuers that it took from addresses in certificates. */
export interface CompletedPath {
  readonly path?: TrustPath;
  readonly fetched: readonly X509Certificate[];
}

/**
 * The path from the certificates that a server sent. Where it ends at an issuer that is missing, that is read from the address in the certificate
 * (RFC 5280, section 4.2.2.1), as browsers do: so an intermediate that the server does not send differs from a root that nobody trusts.
 */
export async function completePath({
  sent,
  anchors,
  now,
  timeoutMs,
  anyAddress,
}: IssuerOptions): Promise<CompletedPath> {
  const end = Date.now() + timeoutMs;
  const fetched: X509Certificate[] = [];
  let path = trustPath(sent, anchors, now);
  while (path?.end === 'incomplete' && fetched.length < MAX_FETCHED && Date.now() < end) {
    const last = path.certificates.at(-1);
    const issuer = last && (await issuerOf(last, { timeoutMs: Math.max(end - Date.now(), 1), anyAddress }));
    if (issuer === undefined) break;
    fetched.push(issuer);
    path = trustPath([...sent, ...fetched], anchors, now);
  }
  return { fetched, ...(path && { path }) };
}

async function issuerOf(
  certificate: X509Certificate,
  limits: Pick<IssuerOptions, 'timeoutMs' | 'anyAddress'>,
): Promise<X509Certificate | undefined> {
  const [url] = urlsOf(certificate).filter((one) => one.startsWith('http:'));
  if (url === undefined) return undefined;
  const bytes = await fetchBounded(url, { ...limits, maxBytes: MAX_BYTES });
  return 'reason' in bytes ? undefined : certificatesIn(bytes).find((one) => issued(one, certificate));
}

function urlsOf(certificate: X509Certificate): readonly string[] {
  try {
    return issuerUrls(certificate);
  } catch {
    return [];
  }
}

/** One certificate, or those of a message without content (RFC 5280, section 4.2.2.1: "certs-only"). */
function certificatesIn(bytes: Buffer): readonly X509Certificate[] {
  try {
    return [new X509Certificate(bytes)];
  } catch {
    return messageCertificates(bytes);
  }
}

function messageCertificates(bytes: Buffer): readonly X509Certificate[] {
  try {
    const [, content] = sequenceOf(readOne(bytes));
    const [signedData] = readAll(bytesOf(content, CONTEXT_0));
    const certificates = sequenceOf(signedData).find(({ tag }) => tag === CONTEXT_0);
    return certificates === undefined ? [] : readAll(certificates.bytes).map(({ whole }) => new X509Certificate(whole));
  } catch {
    return [];
  }
}
