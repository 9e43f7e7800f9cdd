import { createHmac } from 'node:crypto';
import { type Attachment, disposition, objectKey } from './attachment.ts';

/** The bucket, and the credentials that sign the form. */
export interface PostSigner {
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of the function's role; the form carries it, because S3 needs it. */
  readonly sessionToken: string | undefined;
}

/** Fields that a policy names, each with its only value. */
interface NamedFields {
  readonly key: string;
  readonly 'Content-Type': string;
  readonly 'Content-Disposition': string;
  readonly 'x-amz-checksum-algorithm': string;
  readonly 'x-amz-checksum-sha256': string;
  readonly success_action_status: string;
  readonly 'x-amz-algorithm': string;
  readonly 'x-amz-credential': string;
  readonly 'x-amz-date': string;
  readonly 'x-amz-security-token'?: string;
}

/** Fields of a form that uploads one file. */
export interface PostFields extends NamedFields {
  readonly policy: string;
  readonly 'x-amz-signature': string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * Signs a form that allows its holder to put one file into the bucket: this key, this many bytes, this media type, this
 * checksum, to be saved and not shown, until it expires. S3 rejects every other field.
 *
 * The signer of the AWS SDK would add the whole S3 client to the function, 150 KB; this does the same.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-post-example.html
 */
export function presignedFields(attachment: Attachment, signer: PostSigner, now: Date, seconds: number): PostFields {
  const time = now.toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const scope = [time.slice(0, 8), signer.region, 's3', 'aws4_request'];
  const fields: NamedFields = {
    key: objectKey(attachment),
    'Content-Type': attachment.type,
    'Content-Disposition': disposition(attachment.name),
    'x-amz-checksum-algorithm': 'SHA256',
    'x-amz-checksum-sha256': attachment.sha256,
    success_action_status: '201',
    'x-amz-algorithm': ALGORITHM,
    'x-amz-credential': [signer.accessKeyId, ...scope].join('/'),
    'x-amz-date': time,
    ...(signer.sessionToken === undefined ? {} : { 'x-amz-security-token': signer.sessionToken }),
  };
  const policy = Buffer.from(JSON.stringify(uploadPolicyOf(fields, attachment, signer, now, seconds))).toString(
    'base64',
  );
  const key = scope.reduce<Buffer | string>((inner, part) => hmac(inner, part), `AWS4${signer.secretAccessKey}`);
  return { ...fields, policy, 'x-amz-signature': hmac(key, policy).toString('hex') };
}

function uploadPolicyOf(fields: NamedFields, { size }: Attachment, { bucket }: PostSigner, now: Date, seconds: number) {
  return {
    expiration: new Date(now.getTime() + seconds * 1000).toISOString(),
    conditions: [
      { bucket },
      ['content-length-range', size, size],
      ...Object.entries(fields).map(([name, value]) => ['eq', `$${name}`, value]),
    ],
  };
}

function hmac(key: Buffer | string, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
