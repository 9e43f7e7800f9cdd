import { Agent } from 'node:https';
import {
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { beforeAll, expect, it } from 'vitest';
import { loadAssembly } from '../../local/assembly/load.ts';
import type { BucketModel } from '../../local/assembly/model.ts';
import { localTls } from '../../local/services/certificates.ts';
import { startS3 } from '../../local/services/s3/start.ts';
import { openStore } from '../../local/services/s3/store.ts';
import { temporaryFolder } from '../support/folders.ts';
import { sampleAssembly } from '../support/sampleAssembly.ts';

const access = { credentials: { accessKeyId: 'local', secretAccessKey: 'of-this-run' }, region: 'eu-west-1' };
const TAG = 'GuardDutyMalwareScanStatus';
const object = (bucket: string) => ({ Bucket: bucket, Key: 'uploads/a' });
const TagSet = [{ Key: TAG, Value: 'NO_THREATS_FOUND' }];

/** Each operation of the local S3, and for which tags the policy that `UploadBucket` writes allows it. */
const OPERATIONS: Readonly<
  Record<string, { send(client: S3Client, bucket: string): Promise<unknown>; allowed: 'clean' | 'always' | 'never' }>
> = {
  GetObject: { send: (client, bucket) => client.send(new GetObjectCommand(object(bucket))), allowed: 'clean' },
  HeadObject: { send: (client, bucket) => client.send(new HeadObjectCommand(object(bucket))), allowed: 'clean' },
  GetObjectTagging: {
    send: (client, bucket) => client.send(new GetObjectTaggingCommand(object(bucket))),
    allowed: 'always',
  },
  PutObjectTagging: {
    send: (client, bucket) => client.send(new PutObjectTaggingCommand({ ...object(bucket), Tagging: { TagSet } })),
    allowed: 'never',
  },
  DeleteObjectTagging: {
    send: (client, bucket) => client.send(new DeleteObjectTaggingCommand(object(bucket))),
    allowed: 'never',
  },
  'PutObject with a tag': {
    send: (client, bucket) =>
      client.send(new PutObjectCommand({ ...object(bucket), Body: 'x', Tagging: `${TAG}=NO_THREATS_FOUND` })),
    allowed: 'never',
  },
  PutObject: {
    send: (client, bucket) => client.send(new PutObjectCommand({ ...object(bucket), Body: 'x' })),
    allowed: 'always',
  },
  DeleteObject: { send: (client, bucket) => client.send(new DeleteObjectCommand(object(bucket))), allowed: 'always' },
};
const STATUSES = [
  undefined,
  'NO_THREATS_FOUND',
  'THREATS_FOUND',
  'UNSUPPORTED',
  'ACCESS_DENIED',
  'FAILED',
  'no_threats_found',
];

let bucket: BucketModel | undefined;
beforeAll(async () => {
  const { buckets } = loadAssembly(await sampleAssembly(), { secretValue: () => '' });
  bucket = buckets.find(({ scannedPrefixes }) => scannedPrefixes.length > 0);
});

it('the bucket of the sample is scanned under the prefix of its files', () => {
  expect(bucket?.scannedPrefixes).toEqual(['uploads/']);
  expect(bucket?.denials.map(({ sid }) => sid)).toEqual(
    expect.arrayContaining(['NoReadUnlessClean', 'OnlyTheScannerTags']),
  );
});

it('the local S3 denies what the synthesized policy denies: 8 operations × 7 results of a scan', async () => {
  if (bucket === undefined) throw new Error('the sample has no bucket that is scanned');
  const data = temporaryFolder();
  const tls = await localTls(data);
  const s3 = await startS3({ data, buckets: [bucket], tls, access, print: () => {}, scan: 'hold' });
  const client = new S3Client({
    region: access.region,
    endpoint: s3.url,
    credentials: access.credentials,
    maxAttempts: 1,
    requestHandler: { httpsAgent: new Agent({ ca: tls.caPem }) },
  });
  const store = openStore(data);
  const found: string[] = [];
  const expected: string[] = [];
  for (const status of STATUSES) {
    for (const [operation, { send, allowed }] of Object.entries(OPERATIONS)) {
      await client.send(new PutObjectCommand({ ...object(bucket.name), Body: 'x' }));
      // The scanner writes to the store: no client of this S3 can.
      if (status !== undefined) store.tag(bucket.name, 'uploads/a', { [TAG]: status });
      const outcome = await send(client, bucket.name).then(
        () => 'allowed',
        (error: unknown) => (error as { $metadata?: { httpStatusCode?: number } }).$metadata?.httpStatusCode,
      );
      const isAllowed = allowed === 'always' || (allowed === 'clean' && status === 'NO_THREATS_FOUND');
      found.push(`${operation} ${status}: ${outcome}`);
      expected.push(`${operation} ${status}: ${isAllowed ? 'allowed' : 403}`);
    }
  }
  expect(found).toEqual(expected);
  client.destroy();
  await s3.close();
});
