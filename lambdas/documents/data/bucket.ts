import { AwsClient } from 'aws4fetch';
import { type Attachment, disposition, objectKey, type ScanStatus } from '../logic/attachment.ts';
import { type PostFields, type PostSigner, presignedFields } from '../logic/presignedPost.ts';

/** The bucket of the files and its client: 3 KB instead of the SDK's 150 KB. */
export interface Bucket {
  /** Without a slash at the end. */
  readonly url: string;
  readonly client: AwsClient;
  readonly signer: PostSigner;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Enough for an object of 4.5 MB, and shorter than the timeout of the function. */
const TIMEOUT_MS = 8_000;
/** Attempts after the first, on 5xx and 429. */
const RETRIES = 1;
/** The tag with the result of GuardDuty's scan. */
const SCAN_TAG = /<Key>GuardDutyMalwareScanStatus<\/Key>\s*<Value>([A-Z_]+)<\/Value>/;

/**
 * Opens the bucket that `BUCKET_NAME` names, at `AWS_ENDPOINT_URL_S3` or the endpoint of the region.
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
  const endpoint = environment['AWS_ENDPOINT_URL_S3'];
  const url = endpoint === undefined ? `https://${bucket}.s3.${region}.${domain}` : `${endpoint}/${bucket}`;
  return { url, signer, client: new AwsClient({ ...signer, service: 's3', retries: RETRIES }) };
}

/** Puts the bytes of an attachment into the bucket, which compares them with their checksum. */
export async function putBytes(bucket: Bucket, attachment: Attachment, bytes: Uint8Array): Promise<void> {
  await send(bucket, attachment, {
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
  const tags = await send(bucket, attachment, { method: 'GET' }, '?tagging');
  return tags === undefined ? 'missing' : SCAN_TAG.exec(tags)?.[1];
}

/** Removes the bytes of an attachment, if there are any. */
export async function removeBytes(bucket: Bucket, attachment: Attachment): Promise<void> {
  await send(bucket, attachment, { method: 'DELETE' });
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

/** Returns the body of the response; undefined if the object does not exist. */
async function send(
  { url, client }: Bucket,
  attachment: Attachment,
  request: RequestInit,
  query = '',
): Promise<string | undefined> {
  const signed = await client.sign(`${url}/${objectKey(attachment)}${query}`, request);
  // The signal belongs to the fetch: a Request holds it weakly, so the limit would end with a garbage collection.
  const response = await fetch(signed, { signal: AbortSignal.timeout(TIMEOUT_MS), redirect: 'error' });
  if (response.status === 404) return undefined;
  const text = await response.text();
  if (!response.ok) throw new Error(`S3 returned ${response.status} ${/<Code>(\w+)<\/Code>/.exec(text)?.[1] ?? ''}`);
  return text;
}
