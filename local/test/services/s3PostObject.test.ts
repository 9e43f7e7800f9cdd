import { readdirSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { createPresignedPost, type PresignedPostOptions } from '@aws-sdk/s3-presigned-post';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { BOUNDARY, form } from '../../../test/support/files.ts';
import { bytes, md5, sha256, startS3Endpoint } from '../support/s3.ts';

let location: Awaited<ReturnType<typeof startS3Endpoint>>;
beforeAll(async () => {
  location = await startS3Endpoint();
});
afterAll(() => location.close());

const presign = (more: Partial<PresignedPostOptions> = {}) =>
  createPresignedPost(location.client(), {
    Bucket: 'uploads',
    Key: 'a/b.png',
    Expires: 60,
    Fields: { 'Content-Type': 'image/png', 'x-amz-checksum-sha256': sha256 },
    Conditions: [['content-length-range', 1, 20]],
    ...more,
  });

type Fields = Readonly<Record<string, string>>;
const upload = (fields: Fields, file: Buffer | string = bytes, url = `${location.url()}/uploads`) => {
  const strings = Object.entries(fields).map(([field, value]) => ({ field, bytes: value }));
  const { body, headers } = form(...strings, { field: 'file', name: 'x.png', type: 'image/png', bytes: file });
  return location.post(url, body, headers);
};

describe('a presigned POST of the AWS SDK', () => {
  it('uploads what its policy allows', async () => {
    const { url, fields } = await presign();
    expect(new URL(url).pathname.replaceAll('/', '')).toBe('uploads');
    const { status, etag } = await upload(fields);
    expect([status, etag]).toEqual([204, `"${md5}"`]);
    expect(await location.read('a/b.png')).toMatchObject({ text: 'some bytes', ContentType: 'image/png' });
  });

  it.each([bytes, Buffer.alloc(200_000, 'a')])('ignores fields behind the file', async (file) => {
    const { fields } = await presign({
      Key: 'behind',
      Fields: { 'Content-Type': 'image/png' },
      Conditions: [['content-length-range', 1, 200_000]],
    });
    const before = Object.entries(fields).map(([field, value]) => ({ field, bytes: value }));
    const behind = [
      'Content-Type',
      'Content-Disposition',
      'x-amz-checksum-sha256',
      'x-amz-meta-x',
      'key',
      'tagging',
    ].map((field) => ({ field, bytes: 'inline' }));
    const { body, headers } = form(...before, { field: 'file', name: 'x.png', bytes: file }, ...behind);
    expect((await location.post(`${location.url()}/uploads`, body, headers)).status).toBe(204);
    const kept = await location.read('behind');
    expect([kept.text, kept.ContentType, kept.ContentDisposition, kept.Metadata]).toEqual([
      file.toString(),
      'image/png',
      undefined,
      {},
    ]);
  });

  it('responds as the form asks', async () => {
    const created = await presign({ Fields: { success_action_status: '201' }, Key: 'a&b' });
    const response = await upload(created.fields);
    expect(response.status).toBe(201);
    expect(response.text).toContain('<PostResponse>');
    expect(response.text).toContain('<Key>a&amp;b</Key>');
    const fine = await presign({ Fields: { success_action_status: '200' } });
    expect((await upload(fine.fields)).status).toBe(200);
  });

  it('can leave the end of the key to the client', async () => {
    const { fields } = await presign({ Key: `u/$${'{filename}'}`, Fields: {} });
    expect((await upload(fields)).status).toBe(204);
    expect((await location.read('u/x.png')).text).toBe('some bytes');
  });

  const without = (fields: Fields, name: string) =>
    Object.fromEntries(Object.entries(fields).filter(([n]) => n !== name));
  it.each<[string, (fields: Fields) => Fields, number, string]>([
    ['another key', (fields) => ({ ...fields, key: 'a/c.png' }), 403, 'AccessDenied'],
    ['another media type', (fields) => ({ ...fields, 'Content-Type': 'text/html' }), 403, 'AccessDenied'],
    ['no media type', (fields) => without(fields, 'Content-Type'), 403, 'AccessDenied'],
    ['another checksum', (fields) => ({ ...fields, 'x-amz-checksum-sha256': 'x' }), 403, 'AccessDenied'],
    ['a field that is not named', (fields) => ({ ...fields, 'x-amz-meta-a': '1' }), 403, 'AccessDenied'],
    ['own tags', (fields) => ({ ...fields, tagging: '<Tagging/>' }), 403, 'AccessDenied'],
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
  ])('is rejected with %s', async (_, change, status, code) => {
    const { fields } = await presign({ Key: 'rejected' });
    expect(await upload(change(fields))).toMatchObject({ status, code });
    await expect(location.read('rejected')).rejects.toMatchObject({ name: 'NoSuchKey' });
  });

  it.each([
    ['more bytes than it may', Buffer.alloc(21), 'EntityTooLarge'],
    ['no bytes', '', 'EntityTooSmall'],
    ['other bytes than it announced', 'some bytez', 'BadDigest'],
    ['far more bytes than it may', Buffer.alloc(5_000_000), 'EntityTooLarge'],
  ])('is rejected with %s', async (_, file, code) => {
    const { fields } = await presign({ Key: 'rejected' });
    expect(await upload(fields, file)).toMatchObject({ status: 400, code });
    await expect(location.read('rejected')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(readdirSync(join(location.data, 's3/arriving'))).toEqual([]);
  });

  it('is rejected once it has expired', async () => {
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
    expect(await upload(fields, bytes, `${location.url()}/others`)).toMatchObject({
      status: 404,
      code: 'NoSuchBucket',
    });
  });

  it('is rejected where it would ask for what is not done here', async () => {
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
  ])('is rejected when it %s', async (_, body, headers, code) => {
    expect(await location.post(`${location.url()}/uploads`, body, headers)).toMatchObject({ status: 400, code });
  });

  it('is rejected when its file is cut off, and nothing is kept', async () => {
    const { fields } = await presign({ Key: 'rejected' });
    const strings = Object.entries(fields).map(([field, value]) => ({ field, bytes: value }));
    const { body, headers } = form(...strings, { field: 'file', name: 'x', bytes });
    expect(await location.post(`${location.url()}/uploads`, body.subarray(0, -10), headers)).toMatchObject({
      code: 'MalformedPOSTRequest',
    });
    expect(readdirSync(join(location.data, 's3/arriving'))).toEqual([]);
  });
});

it('an upload that its client breaks off leaves nothing behind', async () => {
  const { fields } = await presign({ Key: 'rejected', Conditions: [['content-length-range', 1, 10_000_000]] });
  const strings = Object.entries(fields).map(([field, value]) => ({ field, bytes: value }));
  const { body, headers } = form(...strings, { field: 'file', name: 'x', bytes: Buffer.alloc(1_000_000) });
  const length = { 'content-length': String(body.length) };
  const sent = request(`${location.url()}/uploads`, {
    method: 'POST',
    ca: location.ca,
    headers: { ...headers, ...length },
  });
  sent.on('error', () => undefined);
  sent.write(body.subarray(0, 500_000));
  await vi.waitFor(() => expect(readdirSync(join(location.data, 's3/arriving'))).toHaveLength(1), 5_000);
  sent.destroy();
  await vi.waitFor(() => expect(readdirSync(join(location.data, 's3/arriving'))).toEqual([]), 5_000);
  await expect(location.read('rejected')).rejects.toMatchObject({ name: 'NoSuchKey' });
});
