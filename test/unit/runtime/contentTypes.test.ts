import { describe, expect, it } from 'vitest';
import { csvOf } from '../../../lambdas/runtime/index.ts';
import type { RouteHandler } from '../../../lambdas/runtime/secure.ts';
import { type Api, defineApi, defineRoles, get } from '../../../lib/definition/index.ts';
import { readProxyResponse } from '../../../local/gateway/integration/proxyResponse.ts';
import { call, serveApi, silenceTelemetry } from './support.ts';

silenceTelemetry();

const TYPES = {
  csv: 'text/csv',
  page: 'text/html',
  drawing: 'image/svg+xml',
  pdf: 'application/pdf',
  picture: 'image/png',
  any: 'application/octet-stream',
} as const;

const api = defineApi({
  name: 'types',
  version: '1.0.0',
  roles: defineRoles({ viewer: { can: ['thing:read'] } }, { reviewed: '2026-11-01', reviewEveryDays: 366 }),
  tiers: { free: { rate: 1, burst: 1, quota: { requests: 10, per: 'DAY' } } },
  routes: Object.fromEntries(
    Object.entries(TYPES).map(([id, contentType]) => [
      id,
      get(`/${id}`, {
        public: 'for the test of media types',
        responses: {
          200: { description: 'The file', contentType, headers: { 'Content-Disposition': 'Its name' } },
          202: {
            description: 'Not ready',
            body: { type: 'object', properties: {}, additionalProperties: false },
          },
        },
      }),
    ]),
  ),
}) as unknown as Api;

type Id = keyof typeof TYPES;
const respondTo = (id: Id, returned: object, accept: string | undefined = TYPES[id]) =>
  call(serveApi(api, [{ route: id, fn: () => returned } as RouteHandler]), {
    method: 'GET',
    resource: `/${id}`,
    headers: accept === '' ? {} : { Accept: accept },
  });

describe('a body that is not JSON', () => {
  it('is the text that the handler returned, in UTF-8', async () => {
    const rows = csvOf(['name'], [{ name: '=1+1 é' }]);
    expect(await respondTo('csv', { status: 200, body: rows })).toMatchObject({
      statusCode: 200,
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'x-content-type-options': 'nosniff',
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'; sandbox",
      },
      body: rows,
    });
  });

  it('is the bytes that the handler returned, whatever part of a buffer they are', async () => {
    const all = new Uint8Array([1, 2, 0, 255, 254, 3]);
    const { json: _json, ...result } = await respondTo('pdf', { status: 200, body: all.subarray(2, 5) });
    expect(result.headers['content-type']).toBe('application/pdf');
    expect(readProxyResponse(result, true)?.body).toEqual(Buffer.from([0, 255, 254]));
    expect(readProxyResponse(result, false)?.body).toBe('AP/+');
  });

  it.each([
    ['page', '<script>alert(1)</script>'],
    ['drawing', '<svg/>'],
  ] as const)('is a download where a browser could run it: %s', async (id, body) => {
    expect((await respondTo(id, { status: 200, body })).headers['content-disposition']).toBe('attachment');
    const named = { status: 200, body, headers: { 'Content-Disposition': 'inline' } };
    expect((await respondTo(id, named)).headers).toMatchObject({
      'content-disposition': 'inline',
      'content-security-policy': expect.stringContaining('sandbox'),
    });
  });

  it.each(['csv', 'pdf'] as const)('can stand beside JSON of another status: %s', async (id) => {
    expect(await respondTo(id, { status: 202, body: {} }, `${TYPES[id]}, application/json`)).toMatchObject({
      statusCode: 202,
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
  });

  it.each([
    ['csv', new Uint8Array([1])],
    ['csv', { a: 1 }],
    ['csv', 7],
    ['csv', '\ud800'],
    ['csv', undefined],
    ['csv', null],
    ['pdf', 'bytes'],
    ['pdf', [1, 2]],
    ['pdf', new ArrayBuffer(1)],
    ['pdf', { type: 'Buffer', data: [1] }],
    ['pdf', new Uint16Array([1])],
    ['pdf', undefined],
  ] as const)('that is of another kind is a 500: %s %#', async (id, body) => {
    expect(await respondTo(id, { status: 200, body })).toMatchObject({ statusCode: 500, json: { code: 'internal' } });
  });

  it('that Lambda cannot return is a 500, of which base64 is a third', async () => {
    const fits = new Uint8Array(4_600_000);
    expect((await respondTo('any', { status: 200, body: fits })).statusCode).toBe(200);
    expect((await respondTo('any', { status: 200, body: new Uint8Array(4_750_000) })).statusCode).toBe(500);
    expect((await respondTo('csv', { status: 200, body: 'a'.repeat(6_291_556) })).statusCode).toBe(500);
  });
});

const JSON_OR_CSV = 'This route responds with text/csv or application/json.';
const JSON_OR_PDF =
  'This route responds with application/pdf or application/json. Name application/pdf first in Accept.';

describe('the media types that a client accepts', () => {
  it.each([
    '',
    '*/*',
    'text/*',
    'text/csv',
    'application/xml, TEXT/CSV;q=0.1',
    'application/json',
    'text/csv;q=0, */*',
  ])('are those of a text route: %s', async (accept) => {
    expect((await respondTo('csv', { status: 200, body: 'a' }, accept)).statusCode).toBe(200);
  });

  it.each(['text/html', 'image/*', 'text/csv;q=0', 'application/problem+json', 'csv'])(
    'are not those of a text route: %s',
    async (accept) => {
      expect(await respondTo('csv', { status: 200, body: 'a' }, accept)).toMatchObject({
        statusCode: 406,
        headers: { 'content-type': 'application/problem+json' },
        json: { code: 'not-acceptable', detail: JSON_OR_CSV },
      });
    },
  );

  it.each(['application/pdf', 'application/pdf;q=0.2, */*', 'application/pdf , text/html', ' application/pdf'])(
    'begin with that of bytes, so API Gateway sends bytes: %s',
    async (accept) => {
      expect((await respondTo('pdf', { status: 200, body: new Uint8Array([1]) }, accept)).statusCode).toBe(200);
    },
  );

  it.each([
    '',
    '*/*',
    'application/*',
    'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8',
    'text/html, application/pdf',
    'application/json, application/pdf',
    'image/png, application/pdf',
    'application/pdf;q=0',
    'application/pdf;q=0, */*',
    ', application/pdf',
    'Application/PDF',
    'application/pdfx',
  ])('do not begin with that of bytes, so nobody gets base64 instead: %s', async (accept) => {
    expect(await respondTo('pdf', { status: 200, body: new Uint8Array([1]) }, accept)).toMatchObject({
      statusCode: 406,
      json: { code: 'not-acceptable', detail: JSON_OR_PDF },
    });
  });
});
