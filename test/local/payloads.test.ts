/** Bodies that are not JSON, in both directions, and handlers that are killed, through the whole gateway over TLS. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Type } from 'typebox';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { defineApi, defineRoles, get, object, post, put } from '../../lib/definition/index.ts';
import { type Call, type Client, clientOf } from '../support/client.ts';
import { temporaryFolder } from '../support/folders.ts';
import type { RunningGateway } from '../support/gateway.ts';
import { serveProject } from '../support/localProject.ts';

const BYTES = 'application/octet-stream';
const Seen = object({ hex: Type.String({ maxLength: 10_000 }) });
const editor = { permission: 'part:write' } as const;

const definition = defineApi(
  {
    name: 'parts',
    version: '1.0.0',
    roles: defineRoles({ editor: { can: ['part:write'] } }, { reviewed: '2026-11-01', reviewEveryDays: 90 }),
    tiers: { free: { rate: 1_000, burst: 1_000, quota: { requests: 1_000_000, per: 'DAY' } } },
    routes: {
      seeBytes: put('/seen', {
        ...editor,
        rawBody: true,
        bodyType: [BYTES, 'image/png', 'application/json'],
        maxBodyBytes: 2_000,
        responses: { 200: { description: 'What was received', body: Seen } },
      }),
      seeNote: post('/seen', {
        ...editor,
        rawBody: true,
        body: object({ text: Type.String({ maxLength: 100 }) }),
        responses: { 200: { description: 'What was received', body: Seen } },
      }),
      copyBytes: put('/copies', {
        ...editor,
        rawBody: true,
        bodyType: BYTES,
        responses: { 200: { description: 'The bytes', contentType: BYTES } },
      }),
      readText: get('/text', { ...editor, responses: { 200: { description: 'A table', contentType: 'text/csv' } } }),
      signIn: post('/session', {
        public: 'nobody is signed in yet',
        responses: {
          303: { description: 'Signed in', cookies: { '__Host-session': { description: 'The session' } } },
        },
      }),
      order: post('/orders', {
        ...editor,
        idempotency: { required: true },
        timeoutSeconds: 1,
        responses: { 201: { description: 'Ordered', body: Seen } },
      }),
    },
  },
  { today: new Date('2026-11-10T00:00:00Z') },
);

/** The second run of `order` succeeds; each run leaves a line when it begins, and one when it has its effect. */
const handlersFor = (log: string): Readonly<Record<string, string>> => ({
  seeBytes: `({ rawBody }) => ({ status: 200, body: { hex: Buffer.from(rawBody).toString('hex') } })`,
  seeNote: `({ rawBody, body }) => ({ status: 200, body: { hex: Buffer.from(rawBody).toString('hex') + body.text.length } })`,
  copyBytes: `({ rawBody }) => ({ status: 200, body: rawBody })`,
  readText: `() => ({ status: 200, body: 'a,b\\r\\n1,é\\r\\n' })`,
  signIn: `() => ({ status: 303, headers: { Location: '/text' }, cookies: { '__Host-session': 'abc' } })`,
  order: `async ({ idempotencyKey }) => {
    const { appendFileSync, readFileSync } = await import('node:fs');
    appendFileSync(${JSON.stringify(log)}, 'begins ' + idempotencyKey + '\\n');
    if (readFileSync(${JSON.stringify(log)}, 'utf8').split('begins').length === 2) await new Promise((done) => setTimeout(done, 2_500));
    appendFileSync(${JSON.stringify(log)}, 'done\\n');
    return { status: 201, body: { hex: 'aa' } };
  }`,
});

let gateway: RunningGateway;
let call: Client;
let token: string;
let log: string;
beforeAll(async () => {
  log = join(temporaryFolder(), 'runs.txt');
  writeFileSync(log, '');
  gateway = await serveProject(definition, handlersFor(log));
  call = clientOf(gateway.ready);
  token = await gateway.token('editor', { tier: 'free' });
});
afterAll(() => gateway?.stop());

const ALL = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
const send = async (method: string, path: string, body?: Buffer | string, headers: Call['headers'] = {}) =>
  call(method, path, {
    token,
    ...(body === undefined ? {} : { body }),
    headers,
  });
const typed = (type: string) => ({ 'content-type': type });
const codeOf = ({ status, text }: { readonly status: number; readonly text: string }) => [
  status,
  text === '' ? '' : (JSON.parse(text) as { readonly code?: string }).code,
];

describe('bytes', () => {
  it.each([BYTES, 'Image/PNG', `${BYTES}; a=b`])('of every value reach the handler exactly, as %s', async (type) => {
    const response = await send('PUT', '/seen', ALL, typed(type));
    expect([response.status, response.json()]).toEqual([200, { hex: ALL.toString('hex') }]);
  });

  it.each([
    ['a byte order mark', 'efbbbf7b7d'],
    ['no UTF-8', 'ff'],
    ['NUL alone', '00'],
    ['what looks like base64', Buffer.from('aGVsbG8=').toString('hex')],
  ])('that are %s are not changed', async (_, hex) => {
    expect((await send('PUT', '/seen', Buffer.from(hex, 'hex'), typed(BYTES))).json()).toEqual({ hex });
  });

  it('are returned exactly to a client that accepts them', async () => {
    const response = await send('PUT', '/copies', ALL, { ...typed(BYTES), accept: BYTES });
    expect([response.status, response.headers['content-type'], response.bytes.equals(ALL)]).toEqual([200, BYTES, true]);
  });

  it('of JSON with a schema are those that were sent, blanks and all', async () => {
    const sent = ' {"text" : "\\u00e9é"}\n';
    const response = await send('POST', '/seen', sent, typed('application/json'));
    expect(response.json()).toEqual({ hex: `${Buffer.from(sent).toString('hex')}2` });
  });

  it('of JSON without a schema are exact, or rejected where the gateway would change them', async () => {
    const json = typed('application/json');
    expect((await send('PUT', '/seen', '{"a":"é', json)).json()).toEqual({
      hex: Buffer.from('{"a":"é').toString('hex'),
    });
    expect((await send('PUT', '/seen', Buffer.from('7bff7d', 'hex'), json)).status).toBe(400);
  });

  it.each<readonly [string, Buffer, Readonly<Record<string, string>>, number]>([
    ['of another type', ALL, typed('image/jpeg'), 415],
    ['without a type', ALL, typed(''), 415],
    ['that are compressed', ALL, { ...typed(BYTES), 'content-encoding': 'gzip' }, 415],
    ['of two types', ALL, typed(`${BYTES}, image/png`), 415],
    ['of which there are too many', Buffer.alloc(2_001), typed(BYTES), 413],
    ['of which there is none', Buffer.alloc(0), typed(BYTES), 400],
  ])('%s are rejected', async (_, bytes, headers, status) => {
    expect((await send('PUT', '/seen', bytes, headers)).status).toBe(status);
  });
});

describe('text', () => {
  it('has its media type and charset, and no body for HEAD', async () => {
    const response = await send('GET', '/text', undefined, { accept: 'text/csv' });
    expect([response.status, response.text]).toEqual([200, 'a,b\r\n1,é\r\n']);
    expect(response.headers['content-type']).toMatch(/^text\/csv; ?charset=utf-8$/i);
    const head = await send('HEAD', '/text');
    expect([head.status, head.text]).toEqual([200, '']);
  });

  it.each(['application/json', 'text/csv;q=0', 'image/*, text/html'])(
    'is 406 for a client that accepts %s',
    async (accept) => {
      expect(codeOf(await send('GET', '/text', undefined, { accept }))).toEqual([406, 'not-acceptable']);
    },
  );
});

it('a redirect sets its cookie, and the next request of the browser sends it without harm', async () => {
  const response = await call('POST', '/session');
  expect([response.status, response.headers['location'], response.headers['set-cookie']]).toEqual([
    303,
    '/text',
    ['__Host-session=abc; Path=/; Secure; HttpOnly; SameSite=Lax'],
  ]);
  expect((await send('GET', '/text', undefined, { cookie: '__Host-session=abc' })).status).toBe(200);
  expect((await send('GET', '/text', undefined, { cookie: 'other=abc' })).status).toBe(400);
});

it('an order whose function is killed is placed by a later attempt, once, and the killed one has no effect any more', async () => {
  const place = () => send('POST', '/orders', undefined, { 'idempotency-key': 'order-1' });
  const first = place();
  const between = await untilBegun().then(place);
  expect(codeOf(between)).toEqual([409, 'idempotency-in-progress']);
  // 502 where Lambda ends first, 504 where API Gateway does.
  expect([502, 504]).toContain((await first).status);
  let later = await place();
  while (later.status === 409) {
    await new Promise((done) => setTimeout(done, 300));
    later = await place();
  }
  expect([later.status, later.json()]).toEqual([201, { hex: 'aa' }]);
  await new Promise((done) => setTimeout(done, 2_500));
  const [begun, again, ...ends] = readFileSync(log, 'utf8').trim().split('\n');
  expect([again, ends]).toEqual([begun, ['done']]);
  const repeated = await place();
  expect([repeated.status, repeated.headers['idempotency-replayed']]).toEqual([201, 'true']);
});

async function untilBegun(): Promise<void> {
  while (!readFileSync(log, 'utf8').includes('begins')) await new Promise((done) => setTimeout(done, 20));
}
