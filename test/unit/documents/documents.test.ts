import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { handler as addAttachment } from '../../../lambdas/documents/addAttachment.ts';
import { documents } from '../../../lambdas/documents/api.ts';
import { handler as createDocument } from '../../../lambdas/documents/createDocument.ts';
import { handler as deleteAttachment } from '../../../lambdas/documents/deleteAttachment.ts';
import { handler as deleteDocument } from '../../../lambdas/documents/deleteDocument.ts';
import { handler as downloadAttachment } from '../../../lambdas/documents/downloadAttachment.ts';
import { handler as getDocument } from '../../../lambdas/documents/getDocument.ts';
import { handler as health } from '../../../lambdas/documents/health.ts';
import { handler as listAttachments } from '../../../lambdas/documents/listAttachments.ts';
import { handler as listDocuments } from '../../../lambdas/documents/listDocuments.ts';
import { handler as me } from '../../../lambdas/documents/me.ts';
import { handler as myLimits } from '../../../lambdas/documents/myLimits.ts';
import { handler as presignAttachment } from '../../../lambdas/documents/presignAttachment.ts';
import { handler as publishDocument } from '../../../lambdas/documents/publishDocument.ts';
import { handler as updateDocument } from '../../../lambdas/documents/updateDocument.ts';
import type { LambdaHandler } from '../../../lambdas/runtime/event.ts';
import { runOnce } from '../../../lambdas/runtime/idempotency/runOnce.ts';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import type { Infer } from '../../../lib/definition/index.ts';
import { patientTable, type RecordServer, startRecordTable } from '../../support/recordTable.ts';
import { call, serveApi, type TestRequest } from '../runtime/support.ts';
import { startTable } from './support.ts';

const handlers: readonly RouteHandler[] = [
  health,
  me,
  myLimits,
  listDocuments,
  createDocument,
  getDocument,
  updateDocument,
  deleteDocument,
  publishDocument,
  addAttachment,
  listAttachments,
  presignAttachment,
  downloadAttachment,
  deleteAttachment,
];
type Page = Infer<(typeof documents)['spec']['listDocuments']['options']['responses'][200]['body']>;

let table: Awaited<ReturnType<typeof startTable>>;
let records: RecordServer;
let served: LambdaHandler;

beforeAll(async () => {
  table = await startTable();
  records = await startRecordTable();
  const environment = {
    TABLE_NAME: table.name,
    AWS_ENDPOINT_URL_DYNAMODB: table.url,
    AWS_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
    POWERTOOLS_LOG_LEVEL: 'SILENT',
    POWERTOOLS_METRICS_DISABLED: 'true',
  };
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  served = serveApi(documents, handlers, {
    runOnce: () => runOnce(records.environment, { table: patientTable(records.environment) }),
  });
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await table.close();
  await records.close();
});

const send = (method: string, resource: string, rest: Partial<TestRequest> = {}) =>
  call(served, { method, resource, roles: 'admin', ...rest });
const create = (body: unknown, rest: Partial<TestRequest> = {}) => send('POST', '/documents', { body, ...rest });
const one = (method: string, id: unknown, rest: Partial<TestRequest> = {}) =>
  send(method, '/documents/{id}', { path: { id: String(id) }, ...rest });
const list = async (query: Record<string, string>) => {
  const response = await send('GET', '/documents', { query });
  return { ...response, page: response.json as unknown as Page };
};
const publish = (id: unknown) => send('POST', '/documents/{id}/publish', { path: { id: String(id) } });

it('serves every route of the definition', () => {
  expect(handlers.map(({ route }) => route).sort()).toEqual(Object.keys(documents.routes).sort());
});

it('reports that it is up, and who the caller is', async () => {
  expect((await send('GET', '/health')).json).toEqual({ status: 'ok' });
  const { json } = await send('GET', '/me', { roles: 'editor' });
  expect(json).toEqual({
    subject: 'user-1',
    roles: ['editor'],
    permissions: ['document:create', 'document:read', 'document:update'],
    tier: 'free',
  });
});

it('returns callers their limits, in a body and in the headers of every response', async () => {
  const { json, headers } = await send('GET', '/me/limits', { roles: '' });
  expect(json).toEqual({
    tier: 'free',
    limits: [
      { name: 'rate', requests: 10, perSeconds: 1 },
      { name: 'quota', requests: 10_000, perSeconds: 86_400 },
    ],
  });
  expect(headers['ratelimit-policy']).toBe('"rate";q=10;w=1, "quota";q=10000;w=86400');
  expect(headers).not.toHaveProperty('ratelimit');
  expect((await send('GET', '/documents', { query: { limit: 'x' } })).headers['ratelimit-policy']).toMatch(/^"rate"/);
  const { headers: premium } = await send('GET', '/me', { authorizer: { tier: 'premium' } });
  expect(premium['ratelimit-policy']).toBe('"rate";q=100;w=1, "quota";q=5000000');
  expect((await send('GET', '/health')).headers).not.toHaveProperty('ratelimit-policy');
});

describe('a document', () => {
  it('is created as a draft, read, replaced, published and deleted', async () => {
    const created = await create({ title: 'Plan', tags: ['q4'] });
    expect(created).toMatchObject({
      statusCode: 201,
      json: { title: 'Plan', body: '', tags: ['q4'], status: 'draft', version: 1 },
    });
    const id = created.json['id'];
    expect(created.headers).toMatchObject({ location: `/documents/${id}`, etag: '"1"' });

    const read = await one('GET', id);
    expect(read).toMatchObject({ statusCode: 200, json: created.json });
    expect(read.headers).toMatchObject({ etag: '"1"' });

    const put = await one('PUT', id, { body: { title: 'Plan B' }, headers: { 'If-Match': '"1"' } });
    expect(put).toMatchObject({ statusCode: 200, json: { title: 'Plan B', tags: [], version: 2 } });

    expect(await publish(id)).toMatchObject({ statusCode: 200, json: { status: 'published', version: 3 } });
    expect(await publish(id)).toMatchObject({ statusCode: 409, json: { code: 'conflict' } });

    expect(await one('DELETE', id)).toMatchObject({ statusCode: 204, body: '' });
    expect(await one('GET', id)).toMatchObject({ statusCode: 404, json: { code: 'not-found' } });
    expect(await one('DELETE', id)).toMatchObject({ statusCode: 404 });
    expect(await publish(id)).toMatchObject({ statusCode: 404 });
  });

  it('is replaced only by callers that send its version', async () => {
    const { json } = await create({ title: 'A' });
    const put = (headers: Record<string, string>) => one('PUT', json['id'], { body: { title: 'B' }, headers });
    expect(await put({})).toMatchObject({ statusCode: 428, json: { code: 'precondition-required' } });
    expect(await put({ 'If-Match': '"7"' })).toMatchObject({ statusCode: 412, json: { code: 'precondition-failed' } });
    expect(await put({ 'If-Match': 'W/"1"' })).toMatchObject({ statusCode: 412 });
    expect(await put({ 'If-Match': 'one' })).toMatchObject({ statusCode: 400 });
    expect(await put({ 'If-Match': '*' })).toMatchObject({ statusCode: 200 });
    const missing = await one('PUT', crypto.randomUUID(), { body: { title: 'B' }, headers: { 'If-Match': '*' } });
    expect(missing.statusCode).toBe(404);
  });

  it.each([
    { title: '' },
    { title: 'x'.repeat(201) },
    { title: 'A', body: 'x'.repeat(10_001) },
    { title: 'A', tags: ['UPPER'] },
    { title: 'A', tags: ['x'.repeat(33)] },
    { title: 'A', tags: Array.from({ length: 21 }, (_, index) => `t${index}`) },
    { title: 'A', status: 'published' },
    { body: 'no title' },
  ])('is rejected with the content %j', async (body) => {
    expect(await create(body)).toMatchObject({ statusCode: 400, json: { code: 'invalid-request' } });
  });

  it('has an id that is a UUID', async () => {
    expect(await one('GET', 'not-a-uuid')).toMatchObject({ statusCode: 400 });
  });

  it.each([
    ['POST', '/documents', 'viewer'],
    ['DELETE', '/documents/{id}', 'editor'],
    ['DELETE', '/documents/{id}', 'manager'],
    ['POST', '/documents/{id}/publish', 'editor'],
    ['GET', '/documents', ''],
  ])('%s %s is denied to %s', async (method, resource, roles) => {
    const path = { id: crypto.randomUUID() };
    expect(await send(method, resource, { roles, path })).toMatchObject({ statusCode: 403 });
  });
});

describe('an Idempotency-Key', () => {
  const keyed = (key: string, body: unknown = { title: 'Once' }, rest: Partial<TestRequest> = {}) =>
    create(body, { headers: { 'Idempotency-Key': key }, ...rest });

  it('creates one document for many requests, also concurrent ones', async () => {
    const responses = await Promise.all(Array.from({ length: 6 }, () => keyed('k-1')));
    const created = responses.filter(({ statusCode }) => statusCode === 201);
    expect(created.length).toBeGreaterThanOrEqual(1);
    expect(responses.filter(({ statusCode }) => statusCode === 409)).toHaveLength(6 - created.length);
    expect(new Set(created.map(({ body }) => body)).size).toBe(1);
    expect((await keyed('k-1')).body).toBe(created[0]?.body);
    const { page } = await list({ limit: '100' });
    expect(page.items.filter(({ title }) => title === 'Once')).toHaveLength(1);
  });

  it('creates the same document again when the function was killed before the response was stored', async () => {
    const key = { idempotencyKey: 'digest', body: { title: 'Killed' } };
    const first = (await createDocument.fn(key as never)) as { readonly body: unknown };
    expect(await createDocument.fn(key as never)).toEqual(first);
    const other = { ...key, body: { title: 'Another' } };
    expect(await createDocument.fn(other as never)).toMatchObject({ status: 201, body: { title: 'Another' } });
  });

  it('does not restore a deleted document', async () => {
    const { json } = await keyed('k-2');
    await one('DELETE', json['id']);
    expect((await keyed('k-2')).json).toEqual(json);
    expect(await one('GET', json['id'])).toMatchObject({ statusCode: 404 });
  });

  it('rejects other content, and belongs to one caller', async () => {
    const { json } = await keyed('k-3');
    expect(await keyed('k-3', { title: 'Twice' })).toMatchObject({ statusCode: 422 });
    // A subject is unique only within its issuer.
    for (const authorizer of [{ subject: 'user-2' }, { issuer: 'https://j' }]) {
      const other = await keyed('k-3', { title: 'Twice' }, { authorizer });
      expect(other.statusCode).toBe(201);
      expect(other.json['id']).not.toBe(json['id']);
    }
  });
});

describe('the list', () => {
  it('has pages of 20 by default, and a cursor until the last page', async () => {
    for (let i = 0; i < 22; i += 1) await create({ title: `Listed ${i}` });
    const first = await list({});
    expect(first.page.items).toHaveLength(20);
    expect(first.page.items[0]?.title).toBe('Listed 21');
    const ids = new Set(first.page.items.map(({ id }) => id));
    let cursor = first.page.nextCursor;
    while (cursor !== undefined) {
      const { page } = await list({ cursor });
      for (const { id } of page.items) {
        expect(ids.has(id)).toBe(false);
        ids.add(id);
      }
      cursor = page.nextCursor;
    }
    const all = await list({ limit: '100' });
    expect(all.page.nextCursor).toBeUndefined();
    expect(ids.size).toBe(all.page.items.length);
  });

  it('can be filtered by status', async () => {
    const { json } = await create({ title: 'Published' });
    await publish(json['id']);
    const { page } = await list({ status: 'published' });
    expect(page.items.map(({ id }) => id)).toContain(json['id']);
    expect(page.items.every(({ status }) => status === 'published')).toBe(true);
  });

  it('rejects a forged cursor, and one of another list', async () => {
    const { page } = await list({ limit: '1' });
    const good = page.nextCursor ?? '';
    const forged = `${good.slice(0, -2)}${good.endsWith('A') ? 'BB' : 'AA'}`;
    for (const cursor of [forged, 'nonsense', Buffer.from('{"id":1}').toString('base64url')]) {
      expect(await list({ cursor })).toMatchObject({ statusCode: 400, json: { code: 'invalid-request' } });
    }
    expect(await list({ cursor: good, status: 'draft' })).toMatchObject({ statusCode: 400 });
  });

  it.each<Record<string, string>>([
    { limit: '0' },
    { limit: '101' },
    { limit: '1.5' },
    { status: 'deleted' },
    { cursor: '' },
  ])('rejects %j', async (query) => {
    expect((await list(query)).statusCode).toBe(400);
  });
});
