import { AwsClient } from 'aws4fetch';
import { measureCall } from '../../runtime/index.ts';
import { type Attachment, DOWNLOAD_SECONDS, disposition, objectKey, type ScanStatus } from '../logic/attachment.ts';
import { type PostFields, type PostSigner, presignedFields } from '../logic/presignedPost.ts';

/** The bucket of the files and its client: 3 KB instead of the SDK's 150 KB. */
export interface Bucket {
  /** Without a slash at the end. */
  readonly url: string;
  readonly client: AwsClient;
  readonly signer: PostSigner;
}

/** An object in the bucket, by the attachment that it was put for. */
export interface StoredObject {
  readonly documentId: string;
  readonly id: string;
  readonly modified: Date;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Enough for an object of 4.5 MB, and shorter than the timeout of the function. */
const TIMEOUT_MS = 8_000;
/** Attempts after the first, on 5xx and 429. */
const RETRIES = 1;
/** The tag with the result of GuardDuty's scan. */
const SCAN_TAG = /<Key>GuardDutyMalwareScanStatus<\/Key>\s*<Value>([A-Z_]+)<\/Value>/;

/** One object of a list. */
const CONTENTS = /<Contents>(.*?)<\/Contents>/gs;
const UUID = '[\\da-f]{8}(?:-[\\da-f]{4}){3}-[\\da-f]{12}';
/** What `objectKey` makes. */
const OBJECT_KEY = new RegExp(`^uploads/(${UUID})/(${UUID})$`);

/**
 * Opens the bucket that `BUCKET_NAME` names, at `AWS_ENDPOINT_URL_S3`, `AWS_ENDPOINT_URL` or the endpoint of the region.
 *
 * @throws {Error} without `BUCKET_NAME`.
 */
export function openBucket(environment: Environment): Bucket {
  const read = (name: string) => environment[name] ?? '';
  const bucket = read('BUCKET_NAME');
  if (bucket === '') throw new Error('BUCKET_NAME is not set');
  const region = read('AWS_REGION');
  const signer = {
    bucket,
    region,
    accessKeyId: read('AWS_ACCESS_KEY_ID'),
    secretAccessKey: read('AWS_SECRET_ACCESS_KEY'),
    sessionToken: environment['AWS_SESSION_TOKEN'],
  };
  const domain = region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com';
  const endpoint = environment['AWS_ENDPOINT_URL_S3'] ?? environment['AWS_ENDPOINT_URL'];
  const url = endpoint === undefined ? `https://${bucket}.s3.${region}.${domain}` : `${endpoint}/${bucket}`;
  return { url, signer, client: new AwsClient({ ...signer, service: 's3', retries: RETRIES }) };
}

/** Puts the bytes of an attachment into the bucket, which compares them with their checksum. */
export async function putBytes(bucket: Bucket, attachment: Attachment, bytes: Uint8Array): Promise<void> {
  await send(bucket, objectKey(attachment), {
    method: 'PUT',
    headers: {
      'content-type': attachment.type,
      'content-disposition': disposition(attachment.name),
      'x-amz-checksum-sha256': attachment.sha256,
      'x-amz-content-sha256': Buffer.from(attachment.sha256, 'base64').toString('hex'),
    },
    body: new Uint8Array(bytes),
  });
}

/** The scan status of the bytes of an attachment. */
export async function scanStatus(bucket: Bucket, attachment: Attachment): Promise<ScanStatus> {
  const tags = await send(bucket, objectKey(attachment), { method: 'GET' }, '?tagging');
  return tags === undefined ? 'missing' : SCAN_TAG.exec(tags)?.[1];
}

/** Removes the bytes of an attachment, if there are any. */
export async function removeBytes(bucket: Bucket, attachment: Pick<Attachment, 'documentId' | 'id'>): Promise<void> {
  await send(bucket, objectKey(attachment), { method: 'DELETE' });
}

/** A form by which a client puts the bytes of an attachment into the bucket itself. */
export function presign(
  { url, signer }: Bucket,
  attachment: Attachment,
  now: Date,
  seconds: number,
): { readonly url: string; readonly fields: PostFields } {
  return { url, fields: presignedFields(attachment, signer, now, seconds) };
}

/**
 * An address at which the bytes of a released attachment can be read for a minute. The type is the one that was inspected or
 * announced, the name is safe, and every program saves the file. S3 takes no other headers for a response.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
 */
export async function presignDownload({ url, client }: Bucket, attachment: Attachment, now: Date): Promise<string> {
  const address = new URL(`${url}/${objectKey(attachment)}`);
  const query = {
    'response-content-type': attachment.type,
    'response-content-disposition': disposition(attachment.name),
    'response-cache-control': 'private, no-store',
    'X-Amz-Expires': String(DOWNLOAD_SECONDS),
  };
  for (const [name, value] of Object.entries(query)) address.searchParams.set(name, value);
  const datetime = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const { url: signed } = await client.sign(address, { aws: { signQuery: true, datetime } });
  // A space is %20 in the string that is signed, and a plus sign %2B.
  return signed.replaceAll('+', '%20');
}

/** A page of the objects under the prefix of attachments, in the order of their keys. */
export async function* listObjects(bucket: Bucket, prefix: string): AsyncGenerator<readonly StoredObject[]> {
  let token: string | undefined;
  do {
    const query = new URLSearchParams({ 'list-type': '2', prefix, ...(token && { 'continuation-token': token }) });
    const text = (await send(bucket, '', { method: 'GET' }, `?${query}`)) ?? '';
    yield [...text.matchAll(CONTENTS)].flatMap(([, contents = '']) => storedObject(contents));
    token = textOf(text, 'NextContinuationToken');
  } while (token !== undefined);
}

/** An object that was put for an attachment; others have been put by somebody else and are none. */
function storedObject(contents: string): readonly StoredObject[] {
  const [, documentId, id] = OBJECT_KEY.exec(textOf(contents, 'Key') ?? '') ?? [];
  const modified = new Date(textOf(contents, 'LastModified') ?? '');
  return documentId === undefined || id === undefined ? [] : [{ documentId, id, modified }];
}

function textOf(xml: string, element: string): string | undefined {
  const text = new RegExp(`<${element}>([^<]*)</${element}>`).exec(xml)?.[1];
  const signs: Readonly<Record<string, string>> = { lt: '<', gt: '>', quot: '"', apos: "'", amp: '&' };
  return text?.replaceAll(/&(lt|gt|quot|apos|amp);/g, (_, name: string) => signs[name] ?? '');
}

/** Returns the body of the response; undefined if the object does not exist. */
async function send(
  { url, client }: Bucket,
  key: string,
  request: RequestInit,
  query = '',
): Promise<string | undefined> {
  const signed = await client.sign(`${url}/${key}${query}`, request);
  // The signal belongs to the fetch: a Request holds it weakly, so the limit would end with a garbage collection.
  const limits: RequestInit = { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' };
  const response = await measureCall('s3', `S3.${request.method}`, () => fetch(signed, limits));
  // The bucket is versioned: where an object was deleted, its delete marker has no tags to get.
  if (response.status === 404 || (response.status === 405 && request.method === 'GET')) return undefined;
  const text = await response.text();
  if (!response.ok) throw new Error(`S3 returned ${response.status} ${/<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? ''}`);
  return text;
}
