import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { Agent, request } from 'node:https';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  PutObjectTaggingCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BOUNDARY, form } from '../../test/support/files.ts';
import { type S3, startS3 } from '../services/s3/start.ts';
import { type TestTls, temporaryDirectory, testTls } from './servicesTls.ts';

const credentials = { accessKeyId: 'local', secretAccessKey: 'a-secret-of-this-run' };
const buckets = [{ logicalId: 'Uploads', name: 'uploads' }];
const data = temporaryDirectory();
const bytes = Buffer.from('some bytes');
const sha256 = createHash('sha256').update(bytes).digest('base64');

let tls: TestTls;
let s3: S3;
let client: S3Client;
beforeAll(async () => {
  tls = await testTls();
  s3 = await startS3({ data, buckets, tls, credentials });
  client = clientOf(credentials);
});
afterAll(async () => {
  client.destroy();
  await s3.close();
});

/** The AWS SDK as a function has it: endpoint and credentials from the environment. */
function clientOf(given: { accessKeyId: string; secretAccessKey: string }, region = 'eu-central-1'): S3Client {
  const httpsAgent = new Agent({ ca: tls.caPem });
  return new S3Client({ region, endpoint: s3.url, credentials: given, maxAttempts: 1, requestHandler: { httpsAgent } });
}

/** Sends what a browser or curl would send. */
function post(
  url: string,
  body: Buffer,
  headers: Readonly<Record<string, string>>,
): Promise<{ readonly status: number; readonly code: string; readonly text: string; readonly etag: unknown }> {
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
}

const presign = (more: Partial<PresignedPostOptions> = {}) =>
  createPresignedPost(client, {
    Bucket: 'uploads',
    Key: 'a/b.png',
    Expires: 60,
    Fields: { 'Content-Type': 'image/png', 'x-amz-checksum-sha256': sha256 },
    Conditions: [['content-length-range', 1, 20]],
    ...more,
  });

type Fields = Readonly<Record<string, string>>;
const upload = (fields: Fields, file: Buffer | string = bytes, url = `${s3.url}/uploads`) => {
  const texts = Object.entries(fields).map(([field, value]) => ({ field, bytes: value }));
  const { body, headers } = form(...texts, { field: 'file', name: 'x.png', type: 'image/png', bytes: file });
  return post(url, body, headers);
};
const read = async (Key: string) => {
  const { Body, ...rest } = await client.send(new GetObjectCommand({ Bucket: 'uploads', Key }));
  return { ...rest, text: await Body?.transformToString() };
};

describe('objects', () => {
  it('are put, read, looked at and deleted by the AWS SDK', async () => {
    const put = new PutObjectCommand({
      Bucket: 'uploads',
      Key: 'dir/ü +(1)*.txt',
      Body: bytes,
      ContentType: 'text/plain',
      ContentDisposition: 'attachment; filename="a.txt"',
      Metadata: { owner: 'me' },
    });
    const { ETag } = await client.send(put);
    expect(ETag).toBe(`"${createHash('md5').update(bytes).digest('hex')}"`);
    expect(await read('dir/ü +(1)*.txt')).toMatchObject({
      text: 'some bytes',
      ETag,
      ContentType: 'text/plain',
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentLength: 10,
      Metadata: { owner: 'me' },
    });
    const key = { Bucket: 'uploads', Key: 'dir/ü +(1)*.txt' };
    expect(await client.send(new HeadObjectCommand(key))).toMatchObject({ ContentLength: 10, ETag });
    await client.send(new DeleteObjectCommand(key));
    await expect(client.send(new GetObjectCommand(key))).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(client.send(new HeadObjectCommand(key))).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('have tags', async () => {
    const key = { Bucket: 'uploads', Key: 'tagged' };
    await client.send(new PutObjectCommand({ ...key, Body: bytes, Tagging: 'a=1&b=%26' }));
    const tags = async () => (await client.send(new GetObjectTaggingCommand(key))).TagSet;
    expect(await tags()).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '&' },
    ]);
    const TagSet = [{ Key: 'GuardDutyMalwareScanStatus', Value: 'NO_THREATS_FOUND' }];
    await client.send(new PutObjectTaggingCommand({ ...key, Tagging: { TagSet } }));
    expect(await tags()).toEqual(TagSet);
    await client.send(new DeleteObjectTaggingCommand(key));
    expect(await tags()).toEqual([]);
  });

  it('are replaced as a whole, and leave nothing behind', async () => {
    const files = () => readdirSync(join(data, 's3/bytes')).length;
    await client.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'twice', Body: 'one' }));
    const before = files();
    await client.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'twice', Body: 'two' }));
    expect([(await read('twice')).text, files(), readdirSync(join(data, 's3/arriving'))]).toEqual(['two', before, []]);
  });

  it('survive a restart, for the owner of the files alone', async () => {
    await client.send(new PutObjectCommand({ Bucket: 'uploads', Key: 'kept', Body: bytes }));
    await s3.close();
    s3 = await startS3({ data, buckets, tls, credentials });
    client = clientOf(credentials);
    expect((await read('kept')).text).toBe('some bytes');
    for (const name of readdirSync(join(data, 's3/bytes'))) {
      expect(statSync(join(data, 's3/bytes', name)).mode & 0o077).toBe(0);
    }
  });

  it('of a path that climbs stay where they belong', async () => {
    const Key = '../../../climbed';
    await client.send(new PutObjectCommand({ Bucket: 'uploads', Key, Body: bytes }));
    expect(readdirSync(data)).toEqual(['s3']);
  });

  it.each([
    ['an unknown key', { accessKeyId: 'AKIAOTHER', secretAccessKey: 'x' }, 'InvalidAccessKeyId'],
    ['another secret', { accessKeyId: 'local', secretAccessKey: 'local' }, 'SignatureDoesNotMatch'],
  ])('are not for who signs with %s', async (_, other, name) => {
    const stranger = clientOf(other);
    await expect(stranger.send(new GetObjectCommand({ Bucket: 'uploads', Key: 'kept' }))).rejects.toMatchObject({
      name,
    });
    stranger.destroy();
  });

  it('are not for who does not sign, nor whose clock is wrong', async () => {
    expect(await post(`${s3.url}/uploads/kept`, Buffer.alloc(0), {})).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
    const late = new S3Client({
      region: 'eu-central-1',
      endpoint: s3.url,
      credentials,
      maxAttempts: 1,
      systemClockOffset: 16 * 60_000,
      requestHandler: { httpsAgent: new Agent({ ca: tls.caPem }) },
    });
    const get = new GetObjectCommand({ Bucket: 'uploads', Key: 'kept' });
    await expect(late.send(get)).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
    late.destroy();
  });

  it('arrive as they were sent, or not at all', async () => {
    const put = { Bucket: 'uploads', Key: 'broken', Body: bytes };
    const wrong = createHash('sha256').update('other').digest('base64');
    await expect(client.send(new PutObjectCommand({ ...put, ChecksumSHA256: wrong }))).rejects.toMatchObject({
      name: 'BadDigest',
    });
    await expect(
      client.send(new PutObjectCommand({ ...put, ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' })),
    ).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(client.send(new PutObjectCommand({ ...put, ChecksumCRC32: 'AAAAAA==' }))).rejects.toMatchObject({
      name: 'BadDigest',
    });
    await expect(read('broken')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('of another bucket do not exist, and other operations are told to be missing', async () => {
    await expect(client.send(new GetObjectCommand({ Bucket: 'others', Key: 'a' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await expect(client.send(new ListObjectsV2Command({ Bucket: 'uploads' }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
    const conditional = new PutObjectCommand({ Bucket: 'uploads', Key: 'a', Body: 'a', IfNoneMatch: '*' });
    await expect(client.send(conditional)).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

describe('a presigned POST of the AWS SDK', () => {
  it('uploads what its policy allows', async () => {
    const { url, fields } = await presign();
    expect(new URL(url).pathname.replaceAll('/', '')).toBe('uploads');
    const { status, etag } = await upload(fields);
    expect([status, etag]).toEqual([204, `"${createHash('md5').update(bytes).digest('hex')}"`]);
    expect(await read('a/b.png')).toMatchObject({ text: 'some bytes', ContentType: 'image/png' });
  });

  it('answers as the form asks', async () => {
    const created = await presign({ Fields: { success_action_status: '201' }, Key: 'a&b' });
    const answer = await upload(created.fields);
    expect(answer.status).toBe(201);
    expect(answer.text).toContain('<PostResponse>');
    expect(answer.text).toContain('<Key>a&amp;b</Key>');
    const fine = await presign({ Fields: { success_action_status: '200' } });
    expect((await upload(fine.fields)).status).toBe(200);
  });

  it('may leave the end of the key to the client', async () => {
    const { fields } = await presign({ Key: `u/$${'{filename}'}`, Fields: {} });
    expect((await upload(fields)).status).toBe(204);
    expect((await read('u/x.png')).text).toBe('some bytes');
  });

  const without = (fields: Fields, name: string) =>
    Object.fromEntries(Object.entries(fields).filter(([n]) => n !== name));
  it.each<[string, (fields: Fields) => Fields, number, string]>([
    ['another key', (fields) => ({ ...fields, key: 'a/c.png' }), 403, 'AccessDenied'],
    ['another media type', (fields) => ({ ...fields, 'Content-Type': 'text/html' }), 403, 'AccessDenied'],
    ['no media type', (fields) => without(fields, 'Content-Type'), 403, 'AccessDenied'],
    ['another checksum', (fields) => ({ ...fields, 'x-amz-checksum-sha256': 'x' }), 403, 'AccessDenied'],
    ['a field that is not named', (fields) => ({ ...fields, 'x-amz-meta-a': '1' }), 403, 'AccessDenied'],
    ['tags of its own', (fields) => ({ ...fields, tagging: '<Tagging/>' }), 403, 'AccessDenied'],
    [
      'another policy',
      (fields) => ({ ...fields, Policy: Buffer.from('{}').toString('base64') }),
      403,
      'SignatureDoesNotMatch',
    ],
    [
      'another signature',
      (fields) => ({ ...fields, 'X-Amz-Signature': 'ab'.repeat(32) }),
      403,
      'SignatureDoesNotMatch',
    ],
    ['no signature', (fields) => without(fields, 'X-Amz-Signature'), 403, 'SignatureDoesNotMatch'],
    [
      'another signer',
      (fields) => ({ ...fields, 'X-Amz-Credential': 'AKIA/20261125/eu-central-1/s3/aws4_request' }),
      403,
      'InvalidAccessKeyId',
    ],
    ['no policy', (fields) => without(fields, 'Policy'), 403, 'AccessDenied'],
    ['no key', (fields) => without(fields, 'key'), 400, 'InvalidArgument'],
    [
      'another algorithm',
      (fields) => ({ ...fields, 'X-Amz-Algorithm': 'AWS4-ECDSA-P256-SHA256' }),
      400,
      'InvalidArgument',
    ],
    [
      'endless fields',
      (fields) => ({ ...fields, 'x-ignore-a': 'x'.repeat(20_481) }),
      400,
      'MaxPostPreDataLengthExceeded',
    ],
  ])('is refused with %s', async (_, change, status, code) => {
    const { fields } = await presign({ Key: 'refused' });
    expect(await upload(change(fields))).toMatchObject({ status, code });
    await expect(read('refused')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it.each([
    ['more bytes than it may', Buffer.alloc(21), 'EntityTooLarge'],
    ['no bytes', '', 'EntityTooSmall'],
    ['other bytes than it announced', 'some bytez', 'BadDigest'],
    ['far more bytes than it may', Buffer.alloc(5_000_000), 'EntityTooLarge'],
  ])('is refused with %s', async (_, file, code) => {
    const { fields } = await presign({ Key: 'refused' });
    expect(await upload(fields, file)).toMatchObject({ status: 400, code });
    await expect(read('refused')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(readdirSync(join(data, 's3/arriving'))).toEqual([]);
  });

  it('is refused once it has expired', async () => {
    const { fields } = await presign({ Expires: -1 });
    const { code, text } = await upload(fields);
    expect([code, text]).toEqual(['AccessDenied', expect.stringContaining('Policy expired.')]);
  });

  it('says which condition was not met', async () => {
    const { fields } = await presign();
    const { text } = await upload({ ...fields, 'Content-Type': 'text/html' });
    expect(text).toContain('Policy Condition failed: [&quot;eq&quot;,&quot;$Content-Type&quot;,&quot;image/png&quot;]');
  });

  it('is for its own bucket', async () => {
    const { fields } = await presign({ Bucket: 'others' });
    expect(await upload(fields)).toMatchObject({ status: 403, code: 'AccessDenied' });
    expect(await upload(fields, bytes, `${s3.url}/others`)).toMatchObject({ status: 404, code: 'NoSuchBucket' });
  });

  it('is refused where it would ask for what is not done here', async () => {
    const { fields } = await presign({ Fields: { acl: 'public-read' } });
    expect(await upload(fields)).toMatchObject({ status: 501, code: 'NotImplemented' });
  });

  it.each([
    ['is no form', Buffer.from('{}'), { 'content-type': 'application/json' }, 'MalformedPOSTRequest'],
    [
      'is empty',
      Buffer.alloc(0),
      { 'content-type': `multipart/form-data; boundary=${BOUNDARY}` },
      'MalformedPOSTRequest',
    ],
    ['has no file', form({ field: 'key', bytes: 'a' }).body, form().headers, 'IncorrectNumberOfFilesInPostRequest'],
    ['has its file elsewhere', form({ field: 'data', name: 'a', bytes: 'a' }).body, form().headers, 'InvalidArgument'],
  ])('is refused when it %s', async (_, body, headers, code) => {
    expect(await post(`${s3.url}/uploads`, body, headers)).toMatchObject({ status: 400, code });
  });

  it('is refused when its file is cut off, and nothing is kept', async () => {
    const { fields } = await presign({ Key: 'refused' });
    const texts = Object.entries(fields).map(([field, value]) => ({ field, bytes: value }));
    const { body, headers } = form(...texts, { field: 'file', name: 'x', bytes });
    expect(await post(`${s3.url}/uploads`, body.subarray(0, -10), headers)).toMatchObject({
      code: 'MalformedPOSTRequest',
    });
    expect(readdirSync(join(data, 's3/arriving'))).toEqual([]);
  });
});

it('an upload that its client breaks off leaves nothing behind', async () => {
  const { fields } = await presign({ Key: 'refused', Conditions: [['content-length-range', 1, 10_000_000]] });
  const texts = Object.entries(fields).map(([field, value]) => ({ field, bytes: value }));
  const { body, headers } = form(...texts, { field: 'file', name: 'x', bytes: Buffer.alloc(1_000_000) });
  const length = { 'content-length': String(body.length) };
  const sent = request(`${s3.url}/uploads`, { method: 'POST', ca: tls.caPem, headers: { ...headers, ...length } });
  sent.on('error', () => undefined);
  sent.write(body.subarray(0, 500_000));
  await vi.waitFor(() => expect(readdirSync(join(data, 's3/arriving'))).toHaveLength(1), 5_000);
  sent.destroy();
  await vi.waitFor(() => expect(readdirSync(join(data, 's3/arriving'))).toEqual([]), 5_000);
  await expect(read('refused')).rejects.toMatchObject({ name: 'NoSuchKey' });
});

it('what was kept is found under no name that a client chose', () => {
  const names = readdirSync(join(data, 's3'), { recursive: true }).map(String);
  expect(names.filter((name) => /kept|tagged|climbed|uploads/.test(name))).toEqual([]);
  const records = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(data, 's3', name), 'utf8'));
  expect(records.some((record) => record.includes('"kept"'))).toBe(true);
});
