import { createHash } from 'node:crypto';
import { Agent, request } from 'node:https';
import { GetObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { BucketModel } from '../../assembly/model.ts';
import type { ScanOptions } from '../../contracts.ts';
import { type S3, startS3 } from '../../services/s3/start.ts';
import { testTls } from './services.ts';

export const credentials = { accessKeyId: 'local', secretAccessKey: 'a-secret-of-this-run' };
export const bytes = Buffer.from('some bytes');
export const md5 = createHash('md5').update(bytes).digest('hex');
export const sha256 = createHash('sha256').update(bytes).digest('base64');
const UPLOADS: BucketModel = {
  logicalId: 'Uploads',
  name: 'uploads',
  isVersioned: true,
  denials: [],
  scannedPrefixes: [],
};

/** The response to a form. */
interface PostResponse {
  readonly status: number;
  readonly code: string;
  readonly text: string;
  readonly etag: unknown;
}

/** An S3 of this machine with a bucket `uploads` and a client of the AWS SDK, as functions have it. */
export async function startS3Endpoint(bucket: Partial<BucketModel> = {}, scanOptions: ScanOptions = {}) {
  const data = temporaryFolder();
  const tls = await testTls();
  const lines: string[] = [];
  const start = (options: ScanOptions) => {
    const access = { credentials, region: 'eu-central-1' };
    const print = (line: string) => lines.push(line);
    return startS3({ data, buckets: [{ ...UPLOADS, ...bucket }], tls, access, print, ...options });
  };
  let s3: S3 = await start(scanOptions);
  const clientOf = (given: typeof credentials, more: { readonly systemClockOffset?: number } = {}) =>
    new S3Client({
      region: 'eu-central-1',
      endpoint: s3.url,
      credentials: given,
      maxAttempts: 1,
      requestHandler: { httpsAgent: new Agent({ ca: tls.caPem }) },
      ...more,
    });
  let client = clientOf(credentials);
  const location = {
    data,
    ca: tls.caPem,
    clientOf,
    url: () => s3.url,
    client: () => client,
    /** What it has printed. */
    lines: () => lines.join('\n'),
    async restart(options: ScanOptions = scanOptions) {
      client.destroy();
      await s3.close();
      s3 = await start(options);
      client = clientOf(credentials);
    },
    async close() {
      client.destroy();
      await s3.close();
    },
    async read(Key: string) {
      const { Body, ...rest } = await client.send(new GetObjectCommand({ Bucket: 'uploads', Key }));
      return { ...rest, text: await Body?.transformToString() };
    },
    /** Sends what a browser or curl would send. */
    post(url: string, body: Buffer, headers: Readonly<Record<string, string>>): Promise<PostResponse> {
      return new Promise((done, fail) => {
        const sent = request(url, { method: 'POST', ca: tls.caPem, headers }, (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () => {
            const text = Buffer.concat(parts).toString();
            const code = /<Code>(.*)<\/Code>/.exec(text)?.[1] ?? '';
            done({ status: response.statusCode ?? 0, code, text, etag: response.headers.etag });
          });
        });
        sent.on('error', fail);
        sent.end(body);
      });
    },
  };
  return location;
}
