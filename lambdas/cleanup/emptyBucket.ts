import { createHash } from 'node:crypto';
import { type AwsEnvironment, type SignedFetch, signedFetch } from '../shared/aws.ts';
import { REMOVAL_TAG } from '../shared/wireContract.ts';
import { type Cleanup, onRemoval } from './customResource.ts';

/** Versions in a page: with the longest keys, a page stays below the maximum size of a response. */
const PAGE = 200;
const LIMITS = { timeoutMs: 30_000, retries: 4 };

/** A version of an object, or a mark of its deletion. */
interface Version {
  readonly key: string;
  readonly versionId: string;
}

/**
 * Deletes all versions and delete markers in a bucket that has {@link REMOVAL_TAG}; with the property `Key` those of this object
 * alone, in any bucket. A bucket that is gone is empty.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectVersions.html
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
 */
export function bucketCleanup(environment: AwsEnvironment): Cleanup {
  const send = signedFetch(environment, 's3', LIMITS);
  return async ({ Target = '', Key }, time) => {
    if (Target === '') throw new Error('no bucket');
    let removed = 0;
    if (Key === undefined && !(await hasRemovalTag(send, Target))) return { removed, isInterrupted: false };
    while (!time.aborted) {
      // Always the first page: the ones before are deleted.
      const versions = await listVersions(send, Target, Key);
      if (versions.length === 0) return { removed, isInterrupted: false };
      await deleteVersions(send, Target, versions);
      removed += versions.length;
    }
    return { removed, isInterrupted: true };
  };
}

/** https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetBucketTagging.html */
async function hasRemovalTag(send: SignedFetch, bucket: string): Promise<boolean> {
  const { ok, status, text } = await send(`/${bucket}?tagging`, {});
  if (!ok && status !== 404)
    throw new Error(`S3 returned ${status} ${elementOf(text, 'Code')} for the tags of the bucket`);
  const { key, value } = REMOVAL_TAG;
  return elementsOf(text, 'Tag').some((tag) => elementOf(tag, 'Key') === key && elementOf(tag, 'Value') === value);
}

async function listVersions(send: SignedFetch, bucket: string, key: string | undefined): Promise<readonly Version[]> {
  const query = new URLSearchParams({
    'encoding-type': 'url',
    'max-keys': String(PAGE),
    ...(key === undefined ? {} : { prefix: key }),
  });
  const { ok, status, text } = await send(`/${bucket}?versions&${query}`, {});
  const code = elementOf(text, 'Code');
  if (status === 404 && code === 'NoSuchBucket') return [];
  if (!ok) throw new Error(`S3 returned ${status} ${code} for the list of versions`);
  const versions = elementsOf(text, 'Version|DeleteMarker').map((element) => ({
    key: decodeURIComponent(unescaped(elementOf(element, 'Key')).replaceAll('+', ' ')),
    versionId: unescaped(elementOf(element, 'VersionId')),
  }));
  // The versions of an object come before those of objects whose keys start with its key.
  return key === undefined ? versions : versions.filter((version) => version.key === key);
}

async function deleteVersions(send: SignedFetch, bucket: string, versions: readonly Version[]): Promise<void> {
  const objects = versions.map(
    ({ key, versionId }) => `<Object><Key>${escaped(key)}</Key><VersionId>${escaped(versionId)}</VersionId></Object>`,
  );
  const body = `<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Quiet>true</Quiet>${objects.join('')}</Delete>`;
  const { ok, status, text } = await send(`/${bucket}?delete`, {
    method: 'POST',
    headers: {
      'content-type': 'application/xml',
      'x-amz-sdk-checksum-algorithm': 'SHA256',
      'x-amz-checksum-sha256': createHash('sha256').update(body).digest('base64'),
    },
    body,
  });
  if (!ok) throw new Error(`S3 returned ${status} ${elementOf(text, 'Code')} for a deletion`);
  const failed = elementsOf(text, 'Error');
  const [first] = failed;
  if (first === undefined) return;
  // Listing them again would never end.
  throw new Error(`S3 did not delete ${failed.length} of ${versions.length} versions: ${elementOf(first, 'Code')}`);
}

/** The contents of the elements with one of these names, which S3 does not nest in each other. */
function elementsOf(xml: string, names: string): readonly string[] {
  return [...xml.matchAll(new RegExp(`<(${names})>(.*?)</\\1>`, 'gs'))].map(([, , content = '']) => content);
}

function elementOf(xml: string, name: string): string {
  return elementsOf(xml, name)[0] ?? '';
}

const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replaceAll(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (whole, hex, decimal, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16));
  });
}

/** Everything that XML could read in another way, line ends and control characters included, by its number. */
function escaped(text: string): string {
  return text.replaceAll(/[&<>"'\p{Cc}]/gu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`);
}

export const handler = onRemoval((properties, time) => bucketCleanup(process.env)(properties, time));
