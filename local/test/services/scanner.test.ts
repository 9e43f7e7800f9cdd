import {
  DeleteObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  PutObjectCommand,
  PutObjectTaggingCommand,
} from '@aws-sdk/client-s3';
import { createPresignedPost } from '@aws-sdk/s3-presigned-post';
import { afterEach, describe, expect, it } from 'vitest';
import { eicar, form, png } from '../../../test/support/files.ts';
import type { BucketModel } from '../../assembly/model.ts';
import type { ScanOptions } from '../../contracts.ts';
import { startS3Endpoint } from '../support/s3.ts';

const TAG = 'GuardDutyMalwareScanStatus';
const denial = {
  sid: 'Quarantine',
  exceptActions: false,
  exceptResources: false,
  resources: ['arn:aws:s3:::uploads/*'],
};
const QUARANTINE: Partial<BucketModel> = {
  scannedPrefixes: ['in/'],
  denials: [
    {
      ...denial,
      actions: ['s3:getobject'],
      conditions: [
        { operator: 'StringNotEquals', key: `s3:existingobjecttag/${TAG.toLowerCase()}`, values: ['NO_THREATS_FOUND'] },
      ],
    },
    { ...denial, actions: ['s3:putobjecttagging', 's3:deleteobjecttagging'], conditions: [] },
  ],
};

let s3: Awaited<ReturnType<typeof startS3Endpoint>>;
const start = async (scan: ScanOptions, bucket = QUARANTINE) => {
  s3 = await startS3Endpoint(bucket, scan);
};
afterEach(() => s3.close());

const put = (Key: string, Body: Buffer, more: { readonly Tagging?: string } = {}) =>
  s3.client().send(new PutObjectCommand({ Bucket: 'uploads', Key, Body, ...more }));
const result = async (Key: string) => {
  const { TagSet = [] } = await s3.client().send(new GetObjectTaggingCommand({ Bucket: 'uploads', Key }));
  return TagSet.find((tag) => tag.Key === TAG)?.Value;
};
const scanned = (key: string) => expect.poll(() => result(key), { timeout: 20_000 });
const denied = { name: 'AccessDenied', $metadata: { httpStatusCode: 403 } };

describe('an upload to a bucket that is scanned', () => {
  it('is denied until its scan, and then released, with one line on the terminal', async () => {
    await start({ scanDelay: 1 });
    await put('in/a.png', png());
    await expect(s3.read('in/a.png')).rejects.toMatchObject(denied);
    const head = new HeadObjectCommand({ Bucket: 'uploads', Key: 'in/a.png' });
    await expect(s3.client().send(head)).rejects.toMatchObject({ $metadata: { httpStatusCode: 403 } });
    await scanned('in/a.png').toBe('NO_THREATS_FOUND');
    expect((await s3.read('in/a.png')).ContentLength).toBe(png().length);
    expect(s3.lines()).toBe('scanned uploads/in/a.png: NO_THREATS_FOUND');
  });

  it('is rejected when it is the test file, and stays denied', async () => {
    await start({ scanDelay: 0 });
    await put('in/virus', eicar('\n'));
    await scanned('in/virus').toBe('THREATS_FOUND');
    await expect(s3.read('in/virus')).rejects.toMatchObject(denied);
  });

  it('is scanned when it came by a presigned form', async () => {
    await start({ scanDelay: 0 });
    const { url, fields } = await createPresignedPost(s3.client(), { Bucket: 'uploads', Key: 'in/form', Expires: 60 });
    const strings = Object.entries(fields).map(([field, value]) => ({ field, bytes: value }));
    const { body, headers } = form(...strings, { field: 'file', name: 'x', bytes: eicar() });
    expect((await s3.post(url, body, headers)).status).toBe(204);
    await scanned('in/form').toBe('THREATS_FOUND');
  });

  it('is scanned anew when it replaces another, and the scan of the replaced one changes nothing', async () => {
    await start({ scanDelay: 0 });
    await put('in/a', png());
    await scanned('in/a').toBe('NO_THREATS_FOUND');
    await put('in/a', eicar());
    await scanned('in/a').toBe('THREATS_FOUND');
    await Promise.all([put('in/b', png()), put('in/b', png())]);
    await put('in/b', eicar());
    await scanned('in/b').toBe('THREATS_FOUND');
    await put('in/c', eicar());
    await s3.client().send(new DeleteObjectCommand({ Bucket: 'uploads', Key: 'in/c' }));
    await put('in/d', png());
    await scanned('in/d').toBe('NO_THREATS_FOUND');
    await expect(result('in/c')).rejects.toMatchObject({ name: 'MethodNotAllowed' });
  });

  it('is not scanned under another prefix, where it stays denied', async () => {
    await start({ scanDelay: 0 });
    await put('other/a', png());
    await put('in/a', png());
    await scanned('in/a').toBe('NO_THREATS_FOUND');
    expect(await result('other/a')).toBeUndefined();
    await expect(s3.read('other/a')).rejects.toMatchObject(denied);
  });

  it('is tagged by the scanner alone', async () => {
    await start({ scan: 'hold' });
    await put('in/a', png());
    const TagSet = [{ Key: TAG, Value: 'NO_THREATS_FOUND' }];
    const tag = new PutObjectTaggingCommand({ Bucket: 'uploads', Key: 'in/a', Tagging: { TagSet } });
    await expect(s3.client().send(tag)).rejects.toMatchObject(denied);
    await expect(put('in/b', png(), { Tagging: `${TAG}=NO_THREATS_FOUND` })).rejects.toMatchObject(denied);
    await expect(result('in/b')).rejects.toMatchObject({ name: 'NoSuchKey' });
    expect(await result('in/a')).toBeUndefined();
  });

  it('is held when scans are held, and scanned at the first start that emulates them', async () => {
    await start({ scan: 'hold', scanDelay: 0 });
    await put('in/a', png());
    await put('in/virus', eicar());
    await s3.restart({ scan: 'hold', scanDelay: 0 });
    expect([await result('in/a'), await result('in/virus')]).toEqual([undefined, undefined]);
    expect(s3.lines()).toContain('--scan hold');
    await s3.restart({ scan: 'emulate', scanDelay: 0 });
    await scanned('in/a').toBe('NO_THREATS_FOUND');
    await scanned('in/virus').toBe('THREATS_FOUND');
  });

  it('is scanned after a restart that came before its scan', async () => {
    await start({ scanDelay: 3_600 });
    await Promise.all(Array.from({ length: 20 }, (_, i) => put(`in/${i}`, i % 2 === 0 ? png() : eicar())));
    await s3.restart({ scanDelay: 0 });
    for (let i = 0; i < 20; i += 1) await scanned(`in/${i}`).toBe(i % 2 === 0 ? 'NO_THREATS_FOUND' : 'THREATS_FOUND');
  });

  it('cannot control the terminal by its key', async () => {
    await start({ scanDelay: 0 });
    await put('in/\u001b[2J\u202e\nscanned x', png());
    await expect.poll(s3.lines, { timeout: 20_000 }).toContain('NO_THREATS_FOUND');
    expect(s3.lines()).toBe('scanned uploads/in/\ufffd[2J\ufffd\ufffdscanned x: NO_THREATS_FOUND');
  });
});

it('a bucket that nothing scans keeps its objects as they are', async () => {
  await start({ scanDelay: 0 }, { denials: [], scannedPrefixes: [] });
  await put('in/virus', eicar(), { Tagging: `${TAG}=NO_THREATS_FOUND` });
  expect((await s3.read('in/virus')).text).toBe(eicar().toString());
  expect([await result('in/virus'), s3.lines()]).toEqual(['NO_THREATS_FOUND', '']);
});
