import { connect as connectPlain } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Client, clientOf } from '../support/client.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

interface Doc {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly version: number;
}

let gateway: RunningGateway;
let call: Client;
/** Premium clients, so that the free tier's bucket is left to the test of it. */
const token: Record<string, string> = {};

beforeAll(async () => {
  gateway = await startGateway();
  call = clientOf(gateway.ready);
  for (const role of ['viewer', 'editor', 'manager', 'admin'])
    token[role] = await gateway.token(role, { tier: 'premium' });
});
afterAll(() => gateway?.stop());

const draft = async (title = 'A title'): Promise<Doc> =>
  (await call('POST', '/documents', { token: token['editor'], body: { title } })).json<Doc>();

describe('who may do what', () => {
  it('serves the public route without a token', async () => {
    const response = await call('GET', '/health');
    expect([response.status, response.json()]).toEqual([200, { status: 'ok' }]);
  });

  it.each([
    ['a query of 3,000 bytes', `/health?q=${'x'.repeat(2_990)}`, 'invalid-request'],
    ['a path of 2,000 bytes', `/documents/${'x'.repeat(2_000)}`, 'unauthorized'],
    ['a query above the limit', `/health?q=${'x'.repeat(4_100)}`, 'uri-too-long'],
  ])('lets the definition decide on %s, not the web ACL', async (_, path, code) => {
    expect((await call('GET', path)).json()).toMatchObject({ code });
  });

  it('rejects a request without a token with 401, WWW-Authenticate and a problem document', async () => {
    const response = await call('GET', '/documents');
    expect(response.status).toBe(401);
    expect(response.headers['www-authenticate']).toMatch(/^Bearer/);
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect(response.json()).toMatchObject({ status: 401, type: expect.any(String), title: expect.any(String) });
  });

  it('rejects a garbage token with 401 and the same response', async () => {
    const [none, garbage] = [await call('GET', '/me'), await call('GET', '/me', { token: 'garbage' })];
    expect(garbage.status).toBe(401);
    expect({ ...garbage.json(), instance: '' }).toEqual({ ...none.json(), instance: '' });
  });

  it('returns to callers who they are', async () => {
    const me = (await call('GET', '/me', { token: token['editor'] })).json();
    expect(me).toEqual({
      subject: expect.any(String),
      roles: ['editor'],
      permissions: ['document:create', 'document:read', 'document:update'],
      tier: 'premium',
    });
  });

  it('lets a viewer read and not write', async () => {
    expect((await call('GET', '/documents', { token: token['viewer'] })).status).toBe(200);
    const rejected = await call('POST', '/documents', { token: token['viewer'], body: { title: 'No' } });
    expect([rejected.status, rejected.headers['content-type']]).toEqual([403, 'application/problem+json']);
  });

  it('lets an editor create and change, never delete; an admin deletes', async () => {
    const created = await call('POST', '/documents', {
      token: token['editor'],
      body: { title: 'Mine', tags: ['a-1'] },
    });
    const document = created.json<Doc>();
    expect(created.status).toBe(201);
    expect(created.headers['location']).toBe(`/documents/${document.id}`);
    expect(document).toMatchObject({ title: 'Mine', status: 'draft', version: 1, tags: ['a-1'] });
    expect((await call('DELETE', `/documents/${document.id}`, { token: token['editor'] })).status).toBe(403);
    expect((await call('DELETE', `/documents/${document.id}`, { token: token['admin'] })).status).toBe(204);
    expect((await call('GET', `/documents/${document.id}`, { token: token['admin'] })).status).toBe(404);
  });

  it('lets a manager publish once', async () => {
    const { id } = await draft();
    expect((await call('POST', `/documents/${id}/publish`, { token: token['editor'] })).status).toBe(403);
    const published = await call('POST', `/documents/${id}/publish`, { token: token['manager'] });
    expect([published.status, published.json<Doc>().status]).toEqual([200, 'published']);
    expect((await call('POST', `/documents/${id}/publish`, { token: token['manager'] })).status).toBe(409);
  });
});

describe('documents', () => {
  it('change only under the version that the caller has seen', async () => {
    const { id } = await draft();
    const read = await call('GET', `/documents/${id}`, { token: token['editor'] });
    const etag = String(read.headers['etag']);
    const put = (headers: Record<string, string>) =>
      call('PUT', `/documents/${id}`, { token: token['editor'], body: { title: 'New' }, headers });
    expect((await put({})).status).toBe(428);
    expect((await put({ 'if-match': etag })).status).toBe(200);
    expect((await put({ 'if-match': etag })).status).toBe(412);
  });

  it('are made once for one idempotency key, also when asked at the same time', async () => {
    const headers = { 'idempotency-key': `key-${Date.now()}` };
    const post = () => call('POST', '/documents', { token: token['editor'], body: { title: 'Once' }, headers });
    const responses = await Promise.all([post(), post(), post()]);
    const again = await post();
    const ids = [...responses, again]
      .filter((response) => response.status === 201)
      .map((response) => response.json<Doc>().id);
    expect(ids.length).toBeGreaterThanOrEqual(2);
    expect(new Set(ids).size).toBe(1);
  });

  it('are listed in pages without gaps or repetition, and a forged cursor is rejected', async () => {
    for (let i = 0; i < 5; i++) await draft(`Page ${i}`);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const query = cursor === undefined ? '' : `&cursor=${cursor}`;
      const page = (await call('GET', `/documents?limit=2${query}`, { token: token['viewer'] })).json<{
        items: Doc[];
        nextCursor?: string;
      }>();
      seen.push(...page.items.map((item) => item.id));
      cursor = page.nextCursor;
    } while (cursor !== undefined);
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.length).toBeGreaterThanOrEqual(5);
    expect((await call('GET', '/documents?cursor=Zm9yZ2Vk', { token: token['viewer'] })).status).toBe(400);
  });
});

describe('bad input', () => {
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    call('POST', '/documents', { token: token['editor'], body, headers });

  it('names the field at fault', async () => {
    const response = await post({ title: '' });
    expect([response.status, response.headers['content-type']]).toEqual([400, 'application/problem+json']);
    expect(response.text).toContain('title');
  });

  it.each([
    ['text that is not JSON', '{"title":', {}, 400],
    ['an unknown property', { title: 'x', role: 'admin' }, {}, 400],
    ['a duplicate key', '{"title":"a","title":"b"}', {}, 400],
    ['__proto__', '{"title":"a","__proto__":{}}', {}, 400],
    ['another content type', 'title=x', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['an oversized body', { title: 'x', body: 'y'.repeat(300_000) }, {}, 413],
    ['a method override', { title: 'x' }, { 'x-http-method-override': 'DELETE' }, 400],
  ])('rejects %s', async (_, body, headers, status) => {
    const response = await post(body, headers as Record<string, string>);
    expect([response.status === status || response.status === 400, response.status < 500]).toEqual([true, true]);
    expect(response.headers['content-type']).toContain('application/problem+json');
  });

  it.each(['limit=0', 'limit=101', 'limit=1e1', 'limit=%201', 'limit=1&limit=2', 'status=x', 'surprise=1'])(
    'rejects the query %s',
    async (query) => {
      expect((await call('GET', `/documents?${query}`, { token: token['viewer'] })).status).toBe(400);
    },
  );

  it('rejects an identifier that is not one', async () => {
    expect((await call('GET', '/documents/not-a-uuid', { token: token['viewer'] })).status).toBe(400);
  });

  it('responds to an unknown path with a problem document', async () => {
    const response = await call('GET', '/nowhere', { token: token['viewer'] });
    expect(response.headers['content-type']).toContain('application/problem+json');
    expect([403, 404]).toContain(response.status);
  });
});

describe('limits', () => {
  it('stop a free client at its burst with 429 and Retry-After while a premium client beside it loses nothing', async () => {
    const free = await gateway.token('viewer', { client: 'flooding' });
    const [flood, premium] = await Promise.all([
      Promise.all(Array.from({ length: 60 }, () => call('GET', '/me', { token: free }))),
      Promise.all(Array.from({ length: 30 }, () => call('GET', '/me', { token: token['viewer'] }))),
    ]);
    const rejected = flood.filter((response) => response.status === 429);
    expect(rejected.length).toBeGreaterThan(15);
    expect(flood.filter((response) => response.status === 200).length).toBeGreaterThanOrEqual(20);
    expect(rejected.every((response) => Number(response.headers['retry-after']) >= 1)).toBe(true);
    expect(premium.every((response) => response.status === 200)).toBe(true);
  });
});

describe('the connection', () => {
  it('gets no API response over plain HTTP', async () => {
    const port = Number(new URL(gateway.ready.url).port);
    const text = await new Promise<string>((done) => {
      let received = '';
      const socket = connectPlain(port, '127.0.0.1', () =>
        socket.write('GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n'),
      );
      socket.on('data', (chunk) => {
        received += chunk.toString('latin1');
      });
      socket.on('error', () => {});
      socket.on('close', () => {
        done(received);
      });
    });
    expect(text).not.toContain('ok');
    expect(text).not.toMatch(/^HTTP\/1\.1 2/);
  });

  it('rejects TLS 1.2', async () => {
    const old = clientOf(gateway.ready, { maxVersion: 'TLSv1.2', agent: false });
    await expect(old('GET', '/health')).rejects.toThrow();
  });

  it('makes browsers stay on HTTPS and not guess types', async () => {
    const { headers } = await call('GET', '/health');
    expect(headers).toMatchObject({
      'strict-transport-security': expect.stringContaining('max-age='),
      'x-content-type-options': 'nosniff',
    });
  });
});
