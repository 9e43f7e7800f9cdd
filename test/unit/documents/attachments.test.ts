import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addAttachment as keep } from '../../../lambdas/documents/data/attachments.ts';
import { disposition, stateOf } from '../../../lambdas/documents/logic/attachment.ts';
import { pdf, png } from '../../support/files.ts';
import { type AttachmentStores, attachmentOf, sha256, startStores, uuid } from './attachmentStores.ts';

let stores: AttachmentStores;
let documentId: string;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());
beforeEach(async () => {
  documentId = await stores.createDocument();
});

const add = (bytes = png(), name = 'a.png', type = 'image/png', roles = 'editor') =>
  stores.add(documentId, { bytes, name, type, roles });
const list = () => stores.list(documentId);
const announce = (change: object = {}, roles = 'editor') => stores.announce(documentId, change, roles);
const upload = (presigned: Readonly<Record<string, unknown>>, bytes = pdf(), change: object = {}) =>
  stores.upload(presigned, bytes, change);
const keyOf = (id: unknown) => stores.keyOf(documentId, id);
const scanned = (id: unknown, status: string) => stores.scanned(documentId, id, status);
const attachment = (change: object) => attachmentOf({ documentId: documentId ?? uuid(0), ...change });

describe('a file uploaded through the API', () => {
  it('is stored unchanged, to be saved and never displayed', async () => {
    const { statusCode, json } = await add(png(), 'Übersicht *1*.png');
    expect(statusCode).toBe(201);
    expect(json).toEqual({
      id: expect.any(String),
      name: 'Übersicht _1_.png',
      type: 'image/png',
      size: png().length,
      sha256: sha256(png()),
      state: 'quarantined',
      createdAt: expect.any(String),
    });
    const object = await stores.client.send(new GetObjectCommand(keyOf(json['id'])));
    expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).equals(png())).toBe(true);
    expect(object).toMatchObject({
      ContentType: 'image/png',
      ContentDisposition: `attachment; filename="_bersicht _1_.png"; filename*=UTF-8''%C3%9Cbersicht%20_1_.png`,
    });
  });

  it('is listed with the result of its scan, oldest first', async () => {
    const [first, second, third] = [await add(), await add(), await add()].map(({ json }) => json['id']);
    await scanned(first, 'NO_THREATS_FOUND');
    await scanned(second, 'THREATS_FOUND');
    const states = async () => (await list()).map(({ id, state }) => [id, state]);
    const expected = [
      [first, 'released'],
      [second, 'rejected'],
      [third, 'quarantined'],
    ];
    expect(await states()).toEqual(expected);
    await scanned(third, 'NO_THREATS_FOUND');
    expect((await states())[2]).toEqual([third, 'released']);
  });

  it('is rejected when its content has another type, and neither stored nor listed', async () => {
    expect((await add(pdf())).statusCode).toBe(422);
    expect(await list()).toEqual([]);
  });
});

describe('a file that is announced', () => {
  it('is uploaded to the bucket with its form, and then listed', async () => {
    const { statusCode, json } = await announce();
    expect([statusCode, json['url']]).toEqual([200, stores.url]);
    expect((await list()).map(({ state }) => state)).toEqual(['awaiting']);
    expect(await upload(json)).toBe(201);
    expect(await list()).toMatchObject([{ id: json['id'], name: 'a.pdf', state: 'quarantined', size: pdf().length }]);
    const { ContentType, ContentDisposition } = await stores.client.send(new HeadObjectCommand(keyOf(json['id'])));
    expect([ContentType, ContentDisposition]).toEqual(['application/pdf', disposition('a.pdf')]);
  });

  it.each([
    ['another key', pdf(), { key: 'uploads/other' }, 403],
    ['another media type', pdf(), { 'Content-Type': 'text/html' }, 403],
    ['another way to be shown', pdf(), { 'Content-Disposition': 'inline' }, 403],
    ['another checksum', pdf(), { 'x-amz-checksum-sha256': sha256(png()) }, 403],
    ['a tag', pdf(), { tagging: '<Tagging/>' }, 403],
    ['another policy', pdf(), { policy: 'e30=' }, 403],
    ['a byte less', pdf().subarray(1), {}, 400],
    ['a byte more', Buffer.concat([pdf(), Buffer.from('\n')]), {}, 400],
    ['other bytes', pdf().fill('x', 20, 21), {}, 400],
  ])('is rejected by the bucket with %s', async (_, bytes, change, status) => {
    const { json } = await announce();
    expect(await upload(json, bytes, change)).toBe(status);
    expect((await list()).map(({ state }) => state)).toEqual(['awaiting']);
  });

  it('has a form that is valid for five minutes, with the session of the function’s role', async () => {
    vi.stubEnv('AWS_SESSION_TOKEN', 'of-the-role');
    vi.resetModules();
    const { openBucket, presign } = await import('../../../lambdas/documents/data/bucket.ts');
    vi.stubEnv('AWS_SESSION_TOKEN', undefined);
    const now = new Date('2026-11-25T08:00:00Z');
    const environment = { BUCKET_NAME: 'b', AWS_REGION: 'eu-west-1', AWS_SESSION_TOKEN: 'of-the-role' };
    const { url, fields } = presign(openBucket(environment), attachment({}), now, 300);
    expect(url).toBe('https://b.s3.eu-west-1.amazonaws.com');
    const { expiration, conditions } = JSON.parse(Buffer.from(fields.policy, 'base64').toString());
    expect(expiration).toBe('2026-11-25T08:05:00.000Z');
    expect(conditions).toContainEqual(['eq', '$x-amz-security-token', 'of-the-role']);
    expect(conditions).toContainEqual(['content-length-range', 7, 7]);
    expect(conditions).toHaveLength(12);
  });

  it.each([
    ['of a type that is not taken', { type: 'text/html' }, 400, 'invalid-request'],
    ['that is too large', { size: 104_857_601 }, 400, 'invalid-request'],
    ['without bytes', { size: 0 }, 400, 'invalid-request'],
    ['whose checksum is not canonical base64', { sha256: `${'A'.repeat(42)}B=` }, 400, 'invalid-request'],
    ['whose checksum is none', { sha256: 'abc' }, 400, 'invalid-request'],
    ['with the ending of another type', { name: 'a.png' }, 422, 'upload-content-mismatch'],
    ['with an ending that is not taken', { name: 'a.exe' }, 415, 'unsupported-media-type'],
  ])('is rejected immediately %s', async (_, change, status, code) => {
    const { statusCode, json } = await announce(change);
    expect([statusCode, json['code']]).toEqual([status, code]);
    expect(await list()).toEqual([]);
  });

  it('is removed when it was never uploaded', async () => {
    await keep(stores.table, attachment({ createdAt: new Date(Date.now() - 3_901_000).toISOString() }));
    await keep(stores.table, attachment({ id: uuid(2), createdAt: new Date(Date.now() - 3_800_000).toISOString() }));
    expect((await list()).map(({ id }) => id)).toEqual([uuid(2)]);
    expect((await list()).map(({ id }) => id)).toEqual([uuid(2)]);
  });
});

describe('attachments', () => {
  it('are fifty at most', async () => {
    for (let i = 0; i < 50; i += 1) await keep(stores.table, attachment({ id: uuid(i), state: 'released' }));
    expect((await add()).statusCode).toBe(409);
    expect((await announce()).statusCode).toBe(409);
    expect(await list()).toHaveLength(50);
  });

  it('can be added by callers who can change the document, and listed by those who can read it', async () => {
    expect((await add(png(), 'a.png', 'image/png', 'viewer')).statusCode).toBe(403);
    expect((await announce({}, 'viewer')).statusCode).toBe(403);
  });

  it('of an unknown document are not found', async () => {
    documentId = '00000000-0000-4000-8000-000000000000';
    expect((await add()).statusCode).toBe(404);
    expect((await announce()).statusCode).toBe(404);
    const { statusCode } = await stores.send('GET', '/documents/{id}/attachments', {
      roles: 'viewer',
      path: { id: documentId },
    });
    expect(statusCode).toBe(404);
  });

  it('are deleted with their document, and so are their bytes', async () => {
    const { json } = await add();
    await announce();
    const remove = () => stores.send('DELETE', '/documents/{id}', { roles: 'admin', path: { id: documentId } });
    expect((await remove()).statusCode).toBe(204);
    await expect(stores.client.send(new HeadObjectCommand(keyOf(json['id'])))).rejects.toMatchObject({
      name: 'NotFound',
    });
    expect((await remove()).statusCode).toBe(404);
  });
});

describe('the state of an attachment', () => {
  const now = new Date('2026-11-25T08:00:00Z');
  it.each([
    ['awaiting', undefined, 'quarantined'],
    ['awaiting', 'missing', 'awaiting'],
    ['quarantined', undefined, 'quarantined'],
    ['quarantined', 'NO_THREATS_FOUND', 'released'],
    ['quarantined', 'THREATS_FOUND', 'rejected'],
    ['quarantined', 'UNSUPPORTED', 'rejected'],
    ['quarantined', 'missing', 'rejected'],
  ] as const)('%s with the scan result %s is %s', (state, status, expected) => {
    expect(stateOf(attachment({ state, createdAt: now.toISOString() }), status, now)).toBe(expected);
  });
});
