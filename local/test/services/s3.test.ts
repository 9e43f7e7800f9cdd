import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  DeleteObjectCommand,
  DeleteObjectTaggingCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  ListObjectsCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bytes, credentials, md5, startS3Endpoint } from '../support/s3.ts';

let location: Awaited<ReturnType<typeof startS3Endpoint>>;
beforeAll(async () => {
  location = await startS3Endpoint();
});
afterAll(() => location.close());

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
    const { ETag } = await location.client().send(put);
    expect(ETag).toBe(`"${md5}"`);
    expect(await location.read('dir/ü +(1)*.txt')).toMatchObject({
      text: 'some bytes',
      ETag,
      ContentType: 'text/plain',
      ContentDisposition: 'attachment; filename="a.txt"',
      ContentLength: 10,
      Metadata: { owner: 'me' },
    });
    const key = { Bucket: 'uploads', Key: 'dir/ü +(1)*.txt' };
    expect(await location.client().send(new HeadObjectCommand(key))).toMatchObject({ ContentLength: 10, ETag });
    await location.client().send(new DeleteObjectCommand(key));
    await expect(location.client().send(new GetObjectCommand(key))).rejects.toMatchObject({ name: 'NoSuchKey' });
    await expect(location.client().send(new HeadObjectCommand(key))).rejects.toMatchObject({ name: 'NotFound' });
  });

  it('are replaced only as they were read, and made only where there is none, if the writer asks for it', async () => {
    const key = { Bucket: 'uploads', Key: 'conditional' };
    const put = (more: object, Body = bytes) => location.client().send(new PutObjectCommand({ ...key, Body, ...more }));
    await expect(put({ IfMatch: `"${md5}"` })).rejects.toMatchObject({ name: 'NoSuchKey' });
    const first = await put({ IfNoneMatch: '*' });
    await expect(put({ IfNoneMatch: '*' })).rejects.toMatchObject({ name: 'PreconditionFailed' });
    const racing = await Promise.allSettled(
      ['a', 'b', 'c'].map((text) => put({ IfMatch: first.ETag }, Buffer.from(text))),
    );
    expect(racing.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expect(put({ IfMatch: first.ETag })).rejects.toMatchObject({ name: 'PreconditionFailed' });
  });

  it('have tags', async () => {
    const key = { Bucket: 'uploads', Key: 'tagged' };
    await location.client().send(new PutObjectCommand({ ...key, Body: bytes, Tagging: 'a=1&b=%26' }));
    const tags = async () => (await location.client().send(new GetObjectTaggingCommand(key))).TagSet;
    expect(await tags()).toEqual([
      { Key: 'a', Value: '1' },
      { Key: 'b', Value: '&' },
    ]);
    const TagSet = [{ Key: 'GuardDutyMalwareScanStatus', Value: 'NO_THREATS_FOUND' }];
    await location.client().send(new PutObjectTaggingCommand({ ...key, Tagging: { TagSet } }));
    expect(await tags()).toEqual(TagSet);
    await location.client().send(new DeleteObjectTaggingCommand(key));
    expect(await tags()).toEqual([]);
  });

  it('that were removed have a delete marker, which has no tags, until they are put again', async () => {
    const key = { Bucket: 'uploads', Key: 'removed' };
    const tags = () => location.client().send(new GetObjectTaggingCommand(key));
    await expect(tags()).rejects.toMatchObject({ name: 'NoSuchKey' });
    await location.client().send(new DeleteObjectCommand(key));
    await location.client().send(new PutObjectCommand({ ...key, Body: bytes }));
    await location.client().send(new DeleteObjectCommand(key));
    await location.restart();
    await expect(tags()).rejects.toMatchObject({ name: 'MethodNotAllowed' });
    await expect(location.read('removed')).rejects.toMatchObject({ name: 'NoSuchKey' });
    await location.client().send(new PutObjectCommand({ ...key, Body: bytes }));
    expect((await tags()).TagSet).toEqual([]);
  });

  it('are replaced as a whole, and leave nothing behind', async () => {
    const files = () => readdirSync(join(location.data, 's3/bytes')).length;
    await location.client().send(new PutObjectCommand({ Bucket: 'uploads', Key: 'twice', Body: 'one' }));
    const before = files();
    await location.client().send(new PutObjectCommand({ Bucket: 'uploads', Key: 'twice', Body: 'two' }));
    expect([(await location.read('twice')).text, files(), readdirSync(join(location.data, 's3/arriving'))]).toEqual([
      'two',
      before,
      [],
    ]);
  });

  it('survive a restart, for the owner of the files alone', async () => {
    await location.client().send(new PutObjectCommand({ Bucket: 'uploads', Key: 'kept', Body: bytes }));
    await location.restart();
    expect((await location.read('kept')).text).toBe('some bytes');
    for (const name of readdirSync(join(location.data, 's3/bytes'))) {
      expect(statSync(join(location.data, 's3/bytes', name)).mode & 0o077).toBe(0);
    }
  });

  it('of a path that climbs stay where they belong', async () => {
    const Key = '../../../climbed';
    await location.client().send(new PutObjectCommand({ Bucket: 'uploads', Key, Body: bytes }));
    expect(readdirSync(location.data)).toEqual(['s3']);
  });

  it.each([
    ['an unknown key', { accessKeyId: 'AKIAOTHER', secretAccessKey: 'x' }, 'InvalidAccessKeyId'],
    ['another secret', { accessKeyId: 'local', secretAccessKey: 'local' }, 'SignatureDoesNotMatch'],
  ])('are not for who signs with %s', async (_, other, name) => {
    const stranger = location.clientOf(other);
    await expect(stranger.send(new GetObjectCommand({ Bucket: 'uploads', Key: 'kept' }))).rejects.toMatchObject({
      name,
    });
    stranger.destroy();
  });

  it('are denied to unsigned requests and to clients with a wrong clock', async () => {
    expect(await location.post(`${location.url()}/uploads/kept`, Buffer.alloc(0), {})).toMatchObject({
      status: 403,
      code: 'AccessDenied',
    });
    const late = location.clientOf(credentials, { systemClockOffset: 16 * 60_000 });
    const get = new GetObjectCommand({ Bucket: 'uploads', Key: 'kept' });
    await expect(late.send(get)).rejects.toMatchObject({ name: 'RequestTimeTooSkewed' });
    late.destroy();
  });

  it('arrive as they were sent, or not at all', async () => {
    const put = { Bucket: 'uploads', Key: 'broken', Body: bytes };
    const wrong = createHash('sha256').update('other').digest('base64');
    await expect(location.client().send(new PutObjectCommand({ ...put, ChecksumSHA256: wrong }))).rejects.toMatchObject(
      {
        name: 'BadDigest',
      },
    );
    await expect(
      location.client().send(new PutObjectCommand({ ...put, ContentMD5: 'AAAAAAAAAAAAAAAAAAAAAA==' })),
    ).rejects.toMatchObject({ name: 'BadDigest' });
    await expect(
      location.client().send(new PutObjectCommand({ ...put, ChecksumCRC32: 'AAAAAA==' })),
    ).rejects.toMatchObject({
      name: 'BadDigest',
    });
    await expect(location.read('broken')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it('of another bucket do not exist, and other operations return NotImplemented', async () => {
    await expect(location.client().send(new GetObjectCommand({ Bucket: 'others', Key: 'a' }))).rejects.toMatchObject({
      name: 'NoSuchBucket',
    });
    await expect(location.client().send(new ListObjectsCommand({ Bucket: 'uploads' }))).rejects.toMatchObject({
      name: 'NotImplemented',
    });
    const conditional = new GetObjectCommand({ Bucket: 'uploads', Key: 'a', IfMatch: '"1"' });
    await expect(location.client().send(conditional)).rejects.toMatchObject({ name: 'NotImplemented' });
  });
});

it('what was kept is found under no name that a client chose', () => {
  const names = readdirSync(join(location.data, 's3'), { recursive: true }).map(String);
  expect(names.filter((name) => /kept|tagged|climbed|uploads/.test(name))).toEqual([]);
  const records = names
    .filter((name) => name.endsWith('.json'))
    .map((name) => readFileSync(join(location.data, 's3', name), 'utf8'));
  expect(records.some((record) => record.includes('"kept"'))).toBe(true);
});
