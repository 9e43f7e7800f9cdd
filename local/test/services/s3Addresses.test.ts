import { Agent, request } from 'node:https';
import { ListBucketsCommand, ListObjectsV2Command, PutObjectCommand } from '@aws-sdk/client-s3';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { credentials, startS3Endpoint } from '../support/s3.ts';

let location: Awaited<ReturnType<typeof startS3Endpoint>>;
const KEYS = ['a/1', 'a/2', 'a/ü & <3>', 'b/1', 'z'];
beforeAll(async () => {
  location = await startS3Endpoint();
  for (const Key of KEYS) {
    await location
      .client()
      .send(new PutObjectCommand({ Bucket: 'uploads', Key, Body: Key, ContentType: 'text/plain' }));
  }
});
afterAll(() => location.close());

describe('a list', () => {
  const list = (more: object = {}) => location.client().send(new ListObjectsV2Command({ Bucket: 'uploads', ...more }));
  const keysOf = ({ Contents = [] }: { readonly Contents?: readonly { readonly Key?: string }[] }) =>
    Contents.map(({ Key }) => Key);

  it('has every object of the bucket with its size and time, in the order of their keys', async () => {
    const { Contents = [], IsTruncated, KeyCount } = await list();
    expect([Contents.map(({ Key }) => Key), IsTruncated, KeyCount]).toEqual([KEYS, false, 5]);
    expect(Contents[0]).toMatchObject({ Size: 3, LastModified: expect.any(Date), StorageClass: 'STANDARD' });
  });

  it('has the objects of a prefix, or those after a key', async () => {
    expect(keysOf(await list({ Prefix: 'a/' }))).toEqual(KEYS.slice(0, 3));
    expect(keysOf(await list({ StartAfter: 'a/2' }))).toEqual(KEYS.slice(2));
    expect(keysOf(await list({ Prefix: 'none' }))).toEqual([]);
  });

  it('of buckets has their names', async () => {
    const { Buckets = [] } = await location.client().send(new ListBucketsCommand({}));
    expect(Buckets.map(({ Name }) => Name)).toContain('uploads');
  });

  it('comes in pages, each with the token of the next', async () => {
    const found: unknown[] = [];
    let ContinuationToken: string | undefined;
    do {
      const page = await list({ MaxKeys: 2, ContinuationToken });
      found.push(keysOf(page));
      ContinuationToken = page.NextContinuationToken;
    } while (ContinuationToken !== undefined);
    expect(found).toEqual([KEYS.slice(0, 2), KEYS.slice(2, 4), KEYS.slice(4)]);
  });

  it.each([
    [{ Delimiter: '/' }, 'NotImplemented'],
    [{ EncodingType: 'url' }, 'NotImplemented'],
    [{ MaxKeys: 1_001 }, 'InvalidArgument'],
    [{ ContinuationToken: 'not a token' }, 'InvalidArgument'],
  ])('with %o is rejected with %s', async (more, name) => {
    await expect(list(more)).rejects.toMatchObject({ name });
  });
});

describe('a presigned address', () => {
  /** Made by a library that the gateway does not use. */
  const presigned = async (query = '', { method = 'GET', age = 0, secret = credentials.secretAccessKey } = {}) => {
    const client = new AwsClient({ ...credentials, secretAccessKey: secret, service: 's3', region: 'eu-central-1' });
    const datetime = new Date(Date.now() - age * 1000).toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const url = `${location.url()}/uploads/a/1?X-Amz-Expires=60${query}`;
    return (await client.sign(url, { method, aws: { signQuery: true, datetime } })).url;
  };
  const send = (url: string, method = 'GET', headers: Readonly<Record<string, string>> = {}) =>
    new Promise<{ status: number | undefined; text: string; type: string | undefined }>((done, fail) => {
      const sent = request(url, { method, headers, agent: new Agent({ ca: location.ca }) }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          done({ status: response.statusCode, text, type: response.headers['content-type'] });
        });
      });
      sent.on('error', fail);
      sent.end();
    });

  it('reads an object, with the headers that it names', async () => {
    expect(await send(await presigned())).toEqual({ status: 200, text: 'a/1', type: 'text/plain' });
    const url = await presigned('&response-content-type=image%2Fpng');
    expect(await send(url)).toMatchObject({ status: 200, type: 'image/png' });
  });

  it.each([
    ['has expired', { age: 61 }, 'AccessDenied'],
    ['is of tomorrow', { age: -86_400 }, 'AccessDenied'],
    ['was signed by somebody else', { secret: 'other' }, 'SignatureDoesNotMatch'],
    ['is for another method', { method: 'PUT' }, 'SignatureDoesNotMatch'],
  ])('is rejected when it %s', async (name, options, code) => {
    const { status, text } = await send(await presigned('', options));
    expect(status).toBe(403);
    expect(text).toContain(name === 'is of tomorrow' ? 'RequestTimeTooSkewed' : code);
  });

  it('is rejected when anything in it is changed, or a header is added that decides', async () => {
    const url = await presigned('&response-content-type=image%2Fpng');
    const changed = [
      url.replace('image%2Fpng', 'text%2Fhtml'),
      url.replace('/a/1', '/a/2'),
      url.replace('X-Amz-Expires=60', 'X-Amz-Expires=61'),
      `${url}&response-content-disposition=inline`,
      url.replace(/X-Amz-Date=\d+T/, 'X-Amz-Date=T'),
      url.replace('host', 'date'),
      url.replace('X-Amz-Expires=60', 'X-Amz-Expires=604801'),
    ];
    for (const one of changed) expect([400, 403]).toContain((await send(one)).status);
    expect((await send(url, 'GET', { 'x-amz-acl': 'public-read' })).status).toBe(403);
    expect((await send(url)).status).toBe(200);
  });
});
