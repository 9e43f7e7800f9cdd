import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bucketCleanup } from '../../../lambdas/cleanup/emptyBucket.ts';
import { environmentOf, later, type Received, type Service, startService } from './support.ts';

interface Version {
  readonly key: string;
  readonly id: string;
  readonly isMarker?: boolean;
}

/** S3's ListObjectVersions and DeleteObjects for one bucket, in XML. */
let versions: Version[] = [];
let isThere = true;
let tags = '';
let denied: readonly string[] = [];
let onDelete = () => {};
let s3: Service;
beforeEach(async () => {
  [versions, isThere, denied, onDelete] = [[], true, [], () => {}];
  tags = '<Tag><Key>team</Key><Value>a</Value></Tag><Tag><Key>secure-api:removal</Key><Value>destroy</Value></Tag>';
  s3 = await startService((request, response) => {
    if (!isThere) return void response.writeHead(404).end('<Error><Code>NoSuchBucket</Code></Error>');
    if (request.url.searchParams.has('tagging')) {
      if (tags === '') return void response.writeHead(404).end('<Error><Code>NoSuchTagSet</Code></Error>');
      return void response.end(`<Tagging><TagSet>${tags}</TagSet></Tagging>`);
    }
    response.end(request.method === 'GET' ? list(request) : remove(request));
  });
});
afterEach(() => s3.close());

function list({ url }: Received): string {
  const prefix = url.searchParams.get('prefix') ?? '';
  const found = versions.filter(({ key }) => key.startsWith(prefix)).slice(0, Number(url.searchParams.get('max-keys')));
  const elements = found.map(({ key, id, isMarker }) => {
    const name = isMarker ? 'DeleteMarker' : 'Version';
    // As S3 encodes keys: like a form.
    const encoded = new URLSearchParams({ key }).toString().slice(4);
    return `<${name}><Key>${encoded}</Key><VersionId>${id}</VersionId><IsLatest>true</IsLatest></${name}>`;
  });
  return `<ListVersionsResult><Name>bucket</Name>${elements.join('')}</ListVersionsResult>`;
}

function remove({ body, headers }: Received): string {
  if (headers['x-amz-checksum-sha256'] !== createHash('sha256').update(body).digest('base64')) {
    return '<DeleteResult><Error><Code>BadDigest</Code></Error></DeleteResult>';
  }
  const objects = [...body.matchAll(/<Object><Key>(.*?)<\/Key><VersionId>(.*?)<\/VersionId><\/Object>/gs)];
  const wanted = objects.map(([, key = '', id = '']) => `${decoded(key)} ${id}`);
  versions = versions.filter(({ key, id }) => !wanted.includes(`${key} ${id}`) || denied.includes(key));
  onDelete();
  const errors = denied.map((key) => `<Error><Key>${key}</Key><Code>AccessDenied</Code><Message>m</Message></Error>`);
  return `<DeleteResult>${errors.join('')}</DeleteResult>`;
}

const decoded = (text: string) =>
  text.replaceAll(/&#x([0-9a-f]+);/g, (_, hex) => String.fromCodePoint(Number.parseInt(hex, 16)));
const clean = (properties: Readonly<Record<string, string>>, time = later()) =>
  bucketCleanup(environmentOf('S3', s3.endpoint))(properties, time);

describe('the emptying of a bucket', () => {
  it.each([
    ['without tags', ''],
    ['of another removal', '<Tag><Key>secure-api:removal</Key><Value>retain</Value></Tag>'],
    [
      'with the words in other tags',
      '<Tag><Key>a</Key><Value>secure-api:removal</Value></Tag><Tag><Key>b</Key><Value>destroy</Value></Tag>',
    ],
  ])('deletes nothing in a bucket %s: an update has dropped the resource, and the bucket stays', async (_, set) => {
    tags = set;
    versions = [{ key: 'k', id: 'v' }];
    expect(await clean({ Target: 'bucket' })).toEqual({ removed: 0, isInterrupted: false });
    expect(versions).toHaveLength(1);
  });

  it('deletes all versions and delete markers, page after page', async () => {
    versions = Array.from({ length: 450 }, (_, index) => ({ key: `k${index % 90}`, id: `v${index}` }));
    versions.push({ key: 'gone', id: 'marker', isMarker: true });
    expect(await clean({ Target: 'bucket' })).toEqual({ removed: 451, isInterrupted: false });
    expect(versions).toEqual([]);
  });

  it('deletes objects from before versioning, whose version is null', async () => {
    versions = [{ key: 'old', id: 'null' }];
    await clean({ Target: 'bucket' });
    expect(versions).toEqual([]);
  });

  it.each(['a b', 'a+b', 'ä/ö', '../up', '.', 'a<b>&"c\'', 'line\nend\r', '\u0001', '%2F', '&amp;', '😀'])(
    'deletes the key %j',
    async (key) => {
      versions = [{ key, id: 'v1' }];
      await clean({ Target: 'bucket' });
      expect(versions).toEqual([]);
    },
  );

  it('deletes one object alone, with all its versions', async () => {
    versions = [
      { key: 'test-file', id: 'v1' },
      { key: 'test-file', id: 'v2' },
      { key: 'test-file-of-a-user', id: 'v3' },
      { key: 'uploads/a', id: 'v4' },
    ];
    expect(await clean({ Target: 'bucket', Key: 'test-file' })).toEqual({ removed: 2, isInterrupted: false });
    expect(versions.map(({ id }) => id)).toEqual(['v3', 'v4']);
  });

  it('finds a bucket empty that is gone', async () => {
    isThere = false;
    expect(await clean({ Target: 'bucket' })).toEqual({ removed: 0, isInterrupted: false });
  });

  it('fails where S3 does not delete, instead of trying for ever', async () => {
    versions = [
      { key: 'free', id: 'v1' },
      { key: 'locked', id: 'v2' },
    ];
    denied = ['locked'];
    await expect(clean({ Target: 'bucket' })).rejects.toThrow('S3 did not delete 1 of 2 versions: AccessDenied');
    expect(versions.map(({ key }) => key)).toEqual(['locked']);
  });

  it('ends when the time is over, and the next run continues', async () => {
    versions = Array.from({ length: 300 }, (_, index) => ({ key: `k${index}`, id: 'v' }));
    const time = new AbortController();
    onDelete = () => time.abort();
    expect(await clean({ Target: 'bucket' }, time.signal)).toEqual({ removed: 200, isInterrupted: true });
    expect(await clean({ Target: 'bucket' })).toEqual({ removed: 100, isInterrupted: false });
  });

  it('does nothing without a bucket: the address without one is that of all buckets', async () => {
    await expect(clean({})).rejects.toThrow('no bucket');
    expect(s3.received).toEqual([]);
  });
});
