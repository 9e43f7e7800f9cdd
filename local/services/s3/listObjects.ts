/** ListObjectsV2. https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html */
import { escaped, S3Error } from './error.ts';
import type { ObjectRecord, ObjectStore } from './store.ts';

const MAX_KEYS = 1_000;
const PARAMETERS = ['list-type', 'prefix', 'max-keys', 'start-after', 'continuation-token', 'x-id'];

/**
 * The XML of one page of the objects of a bucket, by key. A continuation token is the last key of the page before, so that a
 * page is right also when objects were removed meanwhile.
 *
 * @throws {S3Error} `InvalidArgument`; `NotImplemented` for delimiters, encodings and owners.
 */
export async function listObjects(store: ObjectStore, bucket: string, query: URLSearchParams): Promise<string> {
  const unknown = [...query.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) throw new S3Error('NotImplemented', `Not emulated locally: ${unknown}`);
  const prefix = query.get('prefix') ?? '';
  const maxKeys = Number(query.get('max-keys') ?? MAX_KEYS);
  if (!Number.isInteger(maxKeys) || maxKeys < 1 || maxKeys > MAX_KEYS) {
    throw new S3Error('InvalidArgument', `max-keys is a whole number from 1 to ${MAX_KEYS}.`);
  }
  const after = startOf(query);
  const matching: ObjectRecord[] = [];
  for await (const record of store.objects(bucket)) {
    if (record.key.startsWith(prefix) && compare(record.key, after) > 0) matching.push(record);
  }
  matching.sort(byKey);
  const page = matching.slice(0, maxKeys);
  const isTruncated = matching.length > page.length;
  const token = Buffer.from(page.at(-1)?.key ?? '').toString('base64url');
  const members = {
    Name: bucket,
    Prefix: prefix,
    KeyCount: String(page.length),
    MaxKeys: String(maxKeys),
    IsTruncated: String(isTruncated),
    ...(isTruncated && { NextContinuationToken: token }),
  };
  const inner = [elements(members), ...page.map((record) => `<Contents>${elements(contentsOf(record))}</Contents>`)];
  return `<?xml version="1.0" encoding="UTF-8"?>\n<ListBucketResult>${inner.join('')}</ListBucketResult>`;
}

/** The key after which the page starts. */
function startOf(query: URLSearchParams): string {
  const token = query.get('continuation-token');
  if (token === null) return query.get('start-after') ?? '';
  const key = Buffer.from(token, 'base64url');
  if (token !== '' && key.toString('base64url') === token) return key.toString();
  throw new S3Error('InvalidArgument', 'The continuation token provided is incorrect');
}

/** Keys are ordered by their UTF-8 bytes. */
function compare(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function byKey(a: ObjectRecord, b: ObjectRecord): number {
  return compare(a.key, b.key);
}

function contentsOf({ key, modified, etag, size }: ObjectRecord) {
  return { Key: key, LastModified: modified, ETag: `"${etag}"`, Size: String(size), StorageClass: 'STANDARD' };
}

function elements(members: object): string {
  return Object.entries(members)
    .map(([name, value]) => `<${name}>${escaped(String(value))}</${name}>`)
    .join('');
}
