import { gzipSync } from 'node:zlib';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import { type Api, defineApi, defineRoles, object, patch, post, put } from '../../../lib/definition/index.ts';
import { binaryMediaTypes } from '../../../lib/openapi/binaryMediaTypes.ts';
import { call, serveApi, silenceTelemetry, type TestRequest } from './support.ts';

silenceTelemetry();

const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, i) => i);
const Note = object({ text: Type.String({ maxLength: 50 }) });
const shared = { permission: 'thing:write', responses: { 204: { description: 'Kept' } } } as const;
const api = defineApi({
  name: 'bytes',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['thing:write'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  routes: {
    keep: put('/keep', {
      ...shared,
      rawBody: true,
      bodyType: ['application/octet-stream', 'text/csv', 'application/json'],
      maxBodyBytes: 300,
    }),
    maybe: put('/maybe', { ...shared, rawBody: true, bodyType: 'image/png', bodyRequired: false }),
    both: post('/both', { ...shared, rawBody: true, body: Note }),
    form: post('/form', { ...shared, rawBody: true, body: Note, bodyType: 'application/x-www-form-urlencoded' }),
    change: patch('/change', {
      ...shared,
      rawBody: true,
      body: Note,
      bodyType: 'application/merge-patch+json',
      unicode: 'normalize',
    }),
    other: post('/other', { ...shared, body: Note }),
  },
}) as unknown as Api;

interface Seen {
  readonly rawBody?: Uint8Array;
  readonly body?: unknown;
}

/** What the handler of a route gets of a request, or the status of the rejection. */
async function received(id: string, request: Partial<TestRequest>) {
  let seen: Seen = {};
  const fn = (given: Seen) => {
    seen = given;
    return { status: 204 };
  };
  const route = api.routes[id] ?? expect.fail('no route');
  const sent = { method: route.method, resource: route.path, ...request };
  const result = await call(serveApi(api, [{ route: id, fn } as unknown as RouteHandler]), sent);
  return { ...seen, status: result.statusCode, code: result.json['code'], errors: result.json['errors'] };
}

const base64 = (bytes: Uint8Array | string, type = 'application/octet-stream') => ({
  raw: Buffer.from(bytes).toString('base64'),
  base64: true,
  headers: { 'Content-Type': type },
});

describe('the bytes of a body without a schema', () => {
  it('reach the handler as they are, in memory of their own', async () => {
    const { rawBody, body } = await received('keep', base64(ALL_BYTES));
    expect(rawBody).toEqual(ALL_BYTES);
    expect(rawBody?.buffer.byteLength).toBe(256);
    expect(body).toBeUndefined();
  });

  it.each([
    ['a byte order mark', '\ufeffa,b'],
    ['NULs', '\0\0'],
    ['one line break', '\n'],
    ['what a JSON parser would reject', '{"a":1,"a":2'],
    ['a replacement character', '\ufffd'],
  ])('are not interpreted: %s', async (_, text) => {
    const { rawBody } = await received('keep', base64(text, 'text/csv'));
    expect(Buffer.from(rawBody ?? []).toString()).toBe(text);
  });

  it('are exact for JSON that is UTF-8, also without a schema', async () => {
    const text = '\ufeff{ "a": "größe" }';
    const { rawBody } = await received('keep', { raw: text });
    expect(Buffer.from(rawBody ?? []).toString()).toBe(text);
  });

  it.each(['application/json', 'text/csv'])('of %s that arrived as a damaged string are rejected', async (type) => {
    const result = await received('keep', { raw: '{"a":"\ufffd"}', headers: { 'Content-Type': type } });
    expect(result).toMatchObject({ status: 400, errors: [{ pointer: '', code: 'encoding' }] });
    expect(result).not.toHaveProperty('rawBody');
  });

  it('end at maxBodyBytes, counted in bytes and not in base64', async () => {
    expect(await received('keep', base64(new Uint8Array(300)))).toMatchObject({ status: 204 });
    expect(await received('keep', base64(new Uint8Array(301)))).toMatchObject({ status: 413 });
    expect(await received('keep', { raw: 'é'.repeat(151) })).toMatchObject({ status: 413 });
  });

  it.each([
    ['another type', base64('a', 'image/png')],
    ['a wildcard', base64('a', '*/*')],
    ['no type', { ...base64('a'), headers: { 'Content-Type': [] } }],
    ['two types', { ...base64('a'), headers: { 'Content-Type': ['text/csv', 'text/csv'] } }],
    ['another charset', base64('a', 'text/csv; charset=iso-8859-1')],
    ['a form', base64('--a', 'multipart/form-data; boundary=a')],
    [
      'a compressed body',
      {
        ...base64(gzipSync('a')),
        headers: { 'Content-Type': 'application/octet-stream', 'Content-Encoding': 'gzip' },
      },
    ],
  ])('of %s are 415', async (_, request) => {
    expect(await received('keep', request)).toMatchObject({ status: 415, code: 'unsupported-media-type' });
  });

  it('are required unless the route says otherwise', async () => {
    const required = { status: 400, errors: [{ pointer: '', code: 'required' }] };
    expect(await received('keep', {})).toMatchObject(required);
    expect(await received('keep', { raw: '' })).toMatchObject(required);
    expect(await received('keep', base64(''))).toMatchObject(required);
    expect(await received('maybe', {})).toEqual(expect.objectContaining({ status: 204 }));
    expect((await received('maybe', {})).rawBody).toBeUndefined();
    expect((await received('maybe', base64(ALL_BYTES, 'image/png'))).rawBody).toEqual(ALL_BYTES);
  });
});

describe('the bytes of a body with a schema', () => {
  it('are what was validated', async () => {
    const raw = '{ "text" : "gr\\u00f6\u00dfe" }';
    const { rawBody, body } = await received('both', { raw });
    expect([Buffer.from(rawBody ?? []).toString(), body]).toEqual([raw, { text: 'größe' }]);
  });

  it('are those of a form', async () => {
    const headers = { 'Content-Type': 'application/x-www-form-urlencoded' };
    const { rawBody, body } = await received('form', { raw: 'text=a+b', headers });
    expect([Buffer.from(rawBody ?? []).toString(), body]).toEqual(['text=a+b', { text: 'a b' }]);
  });

  it('are not normalized, although the strings of the body are', async () => {
    const headers = { 'Content-Type': 'application/merge-patch+json' };
    const raw = JSON.stringify({ text: 'a\u0301' });
    const { rawBody, body } = await received('change', { raw, headers });
    expect([Buffer.from(rawBody ?? []).toString(), body]).toEqual([raw, { text: '\u00e1' }]);
  });

  it('do not reach a handler whose route takes none, or whose request is invalid', async () => {
    expect((await received('other', { body: { text: 'a' } })).rawBody).toBeUndefined();
    const invalid = await received('both', { body: { text: 7 } });
    expect(invalid).toMatchObject({ status: 400 });
    expect(invalid).not.toHaveProperty('rawBody');
    expect(await received('both', {})).toMatchObject({ status: 400 });
    expect(await received('both', base64(Uint8Array.of(0x22, 0xff, 0x22), 'application/json'))).toMatchObject({
      status: 400,
    });
  });
});

it('no type of JSON and no form of a raw body becomes binary on other routes', () => {
  expect(binaryMediaTypes(Object.values(api.routes))).toEqual(['application/octet-stream', 'image/png', 'text/csv']);
});
