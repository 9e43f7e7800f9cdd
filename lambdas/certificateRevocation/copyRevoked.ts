import { createHash, X509Certificate } from 'node:crypto';
import { type SignedFetch, signedFetch } from '../shared/aws.ts';
import { keyValueStore } from '../shared/keyValueStore.ts';
import { makeLogger } from '../shared/telemetry.ts';
import type { Readable, RevokedCertificatesEnvironment, RevokedCertificatesSettings } from '../shared/wireContract.ts';
import { readCertificate } from '../shared/x509/certificate.ts';
import { type RevocationList, readRevocationList } from '../shared/x509/revocationList.ts';
import { type CopyOutcome, copyLists, type ReadList } from './copyLists.ts';

const LIMITS = { timeoutMs: 10_000, retries: 3 };
/**
 * While the lists stay the same, the store is compared with them once in this time: a request to it costs a tenth of a cent.
 * https://aws.amazon.com/cloudfront/pricing/
 */
const COMPARED_MS = 3_600_000;

/** Lists that this instance has copied, and which of them it could not. */
interface Copied {
  readonly lists: string;
  readonly at: number;
  readonly failed: readonly string[];
}

/**
 * Makes the function that copies the serial numbers of revoked certificates from the lists in the bucket into the store that the connection
 * function reads. A list counts only if its CA has signed it. Where one is invalid, or missing although it was there before, the function
 * copies the others and throws.
 *
 * @param trustStore the CA certificates: DER in base64.
 */
export function copyRevoked(
  trustStore: readonly string[],
  environment: Readable<RevokedCertificatesEnvironment> = process.env,
  now: () => number = Date.now,
): () => Promise<Omit<CopyOutcome, 'failed'>> {
  const logger = makeLogger();
  const authorities = trustStore.map((certificate) => new X509Certificate(Buffer.from(certificate, 'base64')));
  let last: Copied | undefined;
  const copy = async (lists: readonly ReadList[], storeArn: string) => {
    const { failed, ...outcome } = await copyLists(lists, keyValueStore(environment, storeArn));
    if (outcome.added + outcome.removed > 0) logger.info('revoked certificates at the edge', { ...outcome });
    return { failed, outcome };
  };
  return async () => {
    const settings = JSON.parse(environment.SECURE_API_REVOKED_CERTIFICATES ?? '{}') as RevokedCertificatesSettings;
    const send = signedFetch({ ...environment, AWS_REGION: settings.region }, 's3', LIMITS);
    const lists = await Promise.all(authorities.map((authority) => listOf(send, settings.bucket, authority)));
    const read = JSON.stringify(lists.map(({ digest }) => digest));
    const isKnown = last?.lists === read && now() - last.at < COMPARED_MS;
    const { failed, outcome } =
      last !== undefined && isKnown
        ? { failed: last.failed, outcome: { added: 0, removed: 0 } }
        : await copy(lists, settings.storeArn);
    if (!isKnown) last = { lists: read, at: now(), failed };
    if (failed.length === 0) return outcome;
    // The alarm counts failed runs.
    throw new Error(`no readable list of revoked certificates of the CAs ${failed.join(', ')}`);
  };
}

async function listOf(
  send: SignedFetch,
  bucket: string,
  { raw, publicKey }: X509Certificate,
): Promise<ReadList & { readonly digest: string }> {
  const authority = createHash('sha256').update(raw).digest('hex');
  const { ok, status, text } = await send(`/${bucket}/crl/${authority}.pem`, { method: 'GET' });
  return {
    authority,
    digest: createHash('sha256').update(`${status} ${text}`).digest('base64url'),
    isAbsent: status === 404,
    list: ok ? verified(text, { subject: readCertificate(raw).subject.whole, publicKey }) : undefined,
  };
}

function verified(text: string, issuer: Parameters<typeof readRevocationList>[1]): RevocationList | undefined {
  try {
    return readRevocationList(text, issuer);
  } catch {
    return undefined;
  }
}
