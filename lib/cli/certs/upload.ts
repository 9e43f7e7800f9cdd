import { createHash } from 'node:crypto';
import { type AwsEnvironment, signedFetch } from '../../../lambdas/shared/aws.ts';
import { X509Invalid } from '../../../lambdas/shared/x509/der.ts';
import { type RevocationList, readRevocationList } from '../../../lambdas/shared/x509/revocationList.ts';
import { failedCall } from '../../aws/kms.ts';
import type { ConfigError } from '../../definition/errors.ts';
import { progress } from '../output.ts';
import { invalidList, issuerOf } from './folderList.ts';
import type { Publishable } from './publishable.ts';

const LIMITS = { timeoutMs: 10_000, retries: 2 } as const;
/** Serial numbers that a message names. */
const MOST_NAMED = 5;

/** A bucket, and who writes to it. */
export interface Place {
  readonly environment: AwsEnvironment;
  readonly bucket: string;
}

/** Other writers between reading and writing, one after the other. */
const MAX_CONFLICTS = 5;

/**
 * Uploads a list, and again if another run has signed a newer one meanwhile: the last one in the bucket is the newest. S3 rejects it if
 * another machine has replaced the list since it was compared; then it is compared again.
 *
 * @returns the address of the object.
 * @throws {ConfigError} `revocation-list-invalid` when it must not replace the published one, `aws-call-failed`.
 */
export async function upload(read: () => Publishable, place: Place): Promise<string> {
  let conflicts = 0;
  for (let sent: string | undefined; ; ) {
    const next = read();
    const path = `/${place.bucket}/crl/${createHash('sha256').update(next.authority.raw).digest('hex')}.pem`;
    if (next.pem === sent) return `s3:/${path}`;
    const published = await get(path, place);
    if (published?.list !== next.pem) {
      checkSuccessor(next, published?.list, `s3:/${path}`);
      const isWritten = await put(
        { list: next.pem, before: published, mayFail: conflicts < MAX_CONFLICTS },
        path,
        place,
      );
      conflicts += 1;
      if (!isWritten) continue;
    }
    sent = next.pem;
  }
}

/** A list of a CA replaces only one that came before it, and takes back no revocation by accident. */
function checkSuccessor(next: Publishable, published: string | undefined, location: string): void {
  const { list, file } = next;
  if (list.nextUpdate <= Date.now()) {
    const found = `a list that lapsed on ${new Date(list.nextUpdate).toISOString()}`;
    const fix = 'Publish the current one: a list that lapsed rejects every client.';
    throw invalidList({ location: file, found, expected: 'a list that is valid', fix });
  }
  const before = published === undefined ? undefined : readPublished(published, next, location);
  if (before === undefined) return;
  if (!isLater(list, before)) {
    const found = `${describe(list)}, and ${describe(before)} at ${location}`;
    // https://www.rfc-editor.org/rfc/rfc5280#section-5.2.3: two lists of a CA have one number only if they are the same.
    throw invalidList({ location: file, found, expected: 'a higher number and no earlier date', fix: next.fix });
  }
  const dropped = [...before.revoked.keys()].filter((serial) => !list.revoked.has(serial) && !next.canDrop(serial));
  if (dropped.length === 0) return;
  const more = dropped.length > MOST_NAMED ? `, and ${dropped.length - MOST_NAMED} more` : '';
  throw invalidList({
    location: file,
    found: `a list without ${dropped.slice(0, MOST_NAMED).join(', ')}${more}, revoked by the one at ${location}`,
    expected: 'every certificate that is revoked and has not expired',
    fix: next.fix,
  });
}

function isLater(list: RevocationList, before: RevocationList): boolean {
  // A list without a number, which RFC 5280 does not allow a CA to make, is later by its date.
  const hasNone = list.number < 0n && before.number < 0n;
  return (
    list.thisUpdate >= before.thisUpdate &&
    (hasNone ? list.thisUpdate > before.thisUpdate : list.number > before.number)
  );
}

function describe({ number, thisUpdate }: RevocationList): string {
  return `${number < 0n ? 'no number' : `number ${number}`} of ${new Date(thisUpdate).toISOString()}`;
}

/** What counts as none for the API is replaced. */
function readPublished(pem: string, { authority }: Publishable, location: string): RevocationList | undefined {
  try {
    return readRevocationList(pem, issuerOf(authority));
  } catch (error) {
    if (!(error instanceof X509Invalid)) throw error;
    progress(`The list at ${location} ${error.message}. It is replaced.`);
    return undefined;
  }
}

interface Published {
  readonly list: string;
  readonly etag: string | null;
}

async function get(path: string, { environment, bucket }: Place): Promise<Published | undefined> {
  const { ok, status, text, etag } = await signedFetch(environment, 's3', LIMITS)(path, { method: 'GET' });
  if (ok) return { list: text, etag };
  if (status === 404 && codeOf(text, status) !== 'NoSuchBucket') return undefined;
  const fix =
    'Check the bucket, its region and the permissions s3:GetObject and s3:ListBucket (without the latter, S3 denies to say that nothing is published yet).';
  throw rejected(`GetObject from ${bucket}`, codeOf(text, status), fix);
}

/** Codes of a conditional write that another one came before. */
const CONFLICT: readonly string[] = ['PreconditionFailed', 'ConditionalRequestConflict', 'NoSuchKey'];

interface Write {
  readonly list: string;
  /** What it replaces; undefined where there is none. */
  readonly before: Published | undefined;
  /** Whether the list can be compared again after a conflict. */
  readonly mayFail: boolean;
}

/**
 * @returns whether it is written: false if the object is not the one that was read.
 * @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html
 */
async function put({ list, before, mayFail }: Write, path: string, { environment, bucket }: Place): Promise<boolean> {
  const hash = createHash('sha256').update(list).digest('hex');
  const { ok, status, text } = await signedFetch(
    environment,
    's3',
    LIMITS,
  )(path, {
    method: 'PUT',
    headers: {
      'content-type': 'application/x-pem-file',
      'x-amz-content-sha256': hash,
      ...(before === undefined ? { 'if-none-match': '*' } : {}),
      ...(before?.etag ? { 'if-match': before.etag } : {}),
    },
    body: list,
  });
  if (ok) return true;
  if (mayFail && CONFLICT.includes(codeOf(text, status))) return false;
  const fix = 'Check the bucket, its region and the permission s3:PutObject.';
  throw rejected(`PutObject to ${bucket}`, codeOf(text, status), fix);
}

function rejected(call: string, code: string, fix: string): ConfigError {
  return failedCall(`S3 ${call}`, code, `${fix} Then run: secure-api certs crl --publish …`);
}

function codeOf(text: string, status: number): string {
  return /<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? `status ${status}`;
}
