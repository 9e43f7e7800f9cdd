import { createHash } from 'node:crypto';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { GetObjectCommand, HeadObjectCommand, PutObjectTaggingCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { handler as addAttachment } from '../../../lambdas/documents/addAttachment.ts';
import { documents } from '../../../lambdas/documents/api.ts';
import { handler as createDocument } from '../../../lambdas/documents/createDocument.ts';
import { addAttachment as keep } from '../../../lambdas/documents/data/attachments.ts';
import { handler as deleteDocument } from '../../../lambdas/documents/deleteDocument.ts';
import { handler as listAttachments } from '../../../lambdas/documents/listAttachments.ts';
import { type Attachment, disposition, objectKey, stateOf } from '../../../lambdas/documents/logic/attachment.ts';
import { handler as presignAttachment } from '../../../lambdas/documents/presignAttachment.ts';
import type { LambdaHandler } from '../../../lambdas/runtime/event.ts';
import { localTls } from '../../../local/services/certificates.ts';
import { type S3, startS3 } from '../../../local/services/s3/start.ts';
import { access } from '../../../local/test/support/services.ts';
import { form, pdf, png } from '../../support/files.ts';
import { temporaryFolder } from '../../support/folders.ts';
import { call, serveApi } from '../runtime/support.ts';
import { startTable } from './support.ts';

const { credentials } = access;
const bucket = 'uploads-of-tests';
let table: Awaited<ReturnType<typeof startTable>>;
let s3: S3;
let client: S3Client;
let served: LambdaHandler;
let documentId: string;
const trusted = getCACertificates('default');

beforeAll(async () => {
  table = await startTable();
  const data = temporaryFolder();
  const tls = await localTls(data);
  s3 = await startS3({
    data,
    buckets: [{ logicalId: 'Uploads', name: bucket, denials: [], scannedPrefixes: [] }],
    tls,
    access,
    print: () => {},
  });
  setDefaultCACertificates([...trusted, tls.caPem]);
  client = new S3Client({ region: 'eu-west-1', endpoint: s3.url, credentials });
  const environment = {
    TABLE_NAME: table.name,
    BUCKET_NAME: bucket,
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    AWS_ENDPOINT_URL_S3: s3.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const handlers = [createDocument, deleteDocument, addAttachment, listAttachments, presignAttachment];
  served = serveApi(documents, handlers);
});
afterAll(async () => {
  setDefaultCACertificates(trusted);
  vi.unstubAllEnvs();
  client.destroy();
  await s3.close();
  await table.close();
});
beforeEach(async () => {
  const body = { title: 'With files' };
  const { json } = await call(served, { method: 'POST', resource: '/documents', roles: 'editor', body });
  documentId = String(json['id']);
});

const ATTACHMENTS = '/documents/{id}/attachments';
const at = () => ({ path: { id: documentId } });
const add = (bytes = png(), name = 'a.png', type = 'image/png', roles = 'editor') => {
  const { body, headers } = form({ name, type, bytes });
  const sent = { raw: body.toString('base64'), base64: true, headers: { 'Content-Type': headers['content-type'] } };
  return call(served, { method: 'POST', resource: ATTACHMENTS, roles, ...at(), ...sent });
};
const list = async () => {
  const { statusCode, json } = await call(served, { method: 'GET', resource: ATTACHMENTS, roles: 'viewer', ...at() });
  expect(statusCode).toBe(200);
  return json['items'] as readonly Attachment[];
};
const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64');
const announce = (change: object = {}, roles = 'editor') => {
  const body = { name: 'a.pdf', type: 'application/pdf', size: pdf().length, sha256: sha256(pdf()), ...change };
  return call(served, { method: 'POST', resource: `${ATTACHMENTS}/presign`, roles, body, ...at() });
};
const upload = async (presigned: Readonly<Record<string, unknown>>, bytes = pdf(), change: object = {}) => {
  const sent = new FormData();
  const fields = { ...(presigned['fields'] as Record<string, string>), ...change };
  for (const [name, value] of Object.entries(fields)) sent.append(name, value);
  sent.append('file', new Blob([new Uint8Array(bytes)]));
  return (await fetch(String(presigned['url']), { method: 'POST', body: sent })).status;
};
const keyOf = (id: unknown) => ({ Bucket: bucket, Key: objectKey({ documentId, id: String(id) }) });
const scanned = (id: unknown, Value: string) => {
  const TagSet = [{ Key: 'GuardDutyMalwareScanStatus', Value }];
  return client.send(new PutObjectTaggingCommand({ ...keyOf(id), Tagging: { TagSet } }));
};

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
    const object = await client.send(new GetObjectCommand(keyOf(json['id'])));
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
    expect([statusCode, json['url']]).toEqual([200, `${s3.url}/${bucket}`]);
    expect((await list()).map(({ state }) => state)).toEqual(['awaiting']);
    expect(await upload(json)).toBe(201);
    expect(await list()).toMatchObject([{ id: json['id'], name: 'a.pdf', state: 'quarantined', size: pdf().length }]);
    const { ContentType, ContentDisposition } = await client.send(new HeadObjectCommand(keyOf(json['id'])));
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
    ['whose checksum is none', { sha256: 'abc' }, 400, 'invalid-request'],
    ['with a path as its name', { name: '../a.pdf' }, 422, 'upload-name-rejected'],
    ['with two endings', { name: 'a.exe.pdf' }, 422, 'upload-name-rejected'],
    ['with the ending of another type', { name: 'a.png' }, 422, 'upload-content-mismatch'],
    ['with an ending that is not taken', { name: 'a.exe' }, 415, 'unsupported-media-type'],
  ])('is rejected immediately %s', async (_, change, status, code) => {
    const { statusCode, json } = await announce(change);
    expect([statusCode, json['code']]).toEqual([status, code]);
    expect(await list()).toEqual([]);
  });

  it('is removed when it was never uploaded', async () => {
    await keep(table, attachment({ createdAt: new Date(Date.now() - 3_901_000).toISOString() }));
    await keep(table, attachment({ id: uuid(2), createdAt: new Date(Date.now() - 3_800_000).toISOString() }));
    expect((await list()).map(({ id }) => id)).toEqual([uuid(2)]);
    expect((await list()).map(({ id }) => id)).toEqual([uuid(2)]);
  });
});

describe('attachments', () => {
  it('are fifty at most', async () => {
    for (let i = 0; i < 50; i += 1) await keep(table, attachment({ id: uuid(i), state: 'released' }));
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
    const { statusCode } = await call(served, { method: 'GET', resource: ATTACHMENTS, roles: 'viewer', ...at() });
    expect(statusCode).toBe(404);
  });

  it('are deleted with their document, and so are their bytes', async () => {
    const { json } = await add();
    await announce();
    const remove = { method: 'DELETE', resource: '/documents/{id}', roles: 'admin', ...at() };
    expect((await call(served, remove)).statusCode).toBe(204);
    await expect(client.send(new HeadObjectCommand(keyOf(json['id'])))).rejects.toMatchObject({ name: 'NotFound' });
    expect((await call(served, remove)).statusCode).toBe(404);
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

function attachment(change: Partial<Attachment>): Attachment {
  return {
    id: uuid(1),
    documentId: documentId ?? 'd',
    name: 'a.pdf',
    type: 'application/pdf',
    size: 7,
    sha256: sha256(Buffer.from('a')),
    state: 'awaiting',
    createdAt: '2026-11-25T08:00:00.000Z',
    ...change,
  };
}

function uuid(n: number): string {
  return `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
}
