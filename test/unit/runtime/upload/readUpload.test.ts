import { createHash } from 'node:crypto';
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { handlersOf } from '../../../../lambdas/runtime/index.ts';
import type { Api, UploadedFile } from '../../../../lib/definition/index.ts';
import { defineApi, defineRoles, post } from '../../../../lib/definition/index.ts';
import { BOUNDARY, executable, type FormPart, form, jpeg, png, pngChunk } from '../../../support/files.ts';
import { call, serveApi } from '../support.ts';

const roles = defineRoles({ writer: { can: ['note:write'] } }, { reviewed: '2026-11-01' });
const tiers = { free: { rate: 10, burst: 20, quota: { requests: 100, per: 'DAY' } } } as const;
const types = { 'image/png': ['.png'], 'text/csv': ['.csv'] } as const;
const kept = { permission: 'note:write', responses: { 204: { description: 'Kept' } } } as const;
const api = defineApi(
  {
    name: 'notes',
    version: '1.0.0',
    roles,
    tiers,
    routes: {
      one: post('/one', { ...kept, upload: { field: 'file', maxBytes: 2_000, types } }),
      photo: post('/photo', {
        ...kept,
        upload: { field: 'file', maxBytes: 2_000, types: { 'image/jpeg': ['.jpg', '.jpeg'], 'image/png': ['.png'] } },
      }),
      some: post('/some', { ...kept, upload: { field: 'file', maxBytes: 2_000, maxFiles: 2, types } }),
    },
  },
  { today: new Date('2026-11-10T00:00:00Z') },
);

let files: readonly UploadedFile[] | undefined;
vi.stubEnv('POWERTOOLS_LOG_LEVEL', 'SILENT');
vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
afterAll(() => vi.unstubAllEnvs());
beforeEach(() => {
  files = undefined;
});
const secure = handlersOf<typeof api>();
const keep = (given: { readonly files: readonly UploadedFile[] }) => {
  files = given.files;
  return { status: 204 } as const;
};
const handler = serveApi(api as unknown as Api, [secure('one', keep), secure('some', keep), secure('photo', keep)]);

const send = (body: Buffer | string, headers: Readonly<Record<string, string>>, resource = '/one', base64 = true) => {
  const { 'content-type': type = '', ...others } = headers;
  return call(handler, {
    method: 'POST',
    resource,
    roles: 'writer',
    headers: { 'Content-Type': type, ...others },
    raw: base64 ? Buffer.from(body).toString('base64') : String(body),
    base64,
  });
};
const sendForm = (resource: string, ...parts: readonly FormPart[]) => {
  const { body, headers } = form(...parts);
  return send(body, headers, resource);
};
const image: FormPart = { name: 'a.png', type: 'image/png', bytes: png() };

describe('files of a form', () => {
  it('reach the handler with a clean name, type, bytes, checksum and size', async () => {
    expect((await sendForm('/one', { ...image, name: ' A  photo.PNG' })).statusCode).toBe(204);
    const [file] = files ?? [];
    expect(file).toMatchObject({ name: 'A photo.png', extension: '.png', type: 'image/png', width: 3, height: 2 });
    expect(Buffer.from(file?.bytes ?? []).equals(png())).toBe(true);
    expect(file?.sha256).toMatch(/^[A-Za-z0-9+/]{43}=$/);
  });

  it('may be several where the route allows them', async () => {
    const second = { name: 'b.csv', type: 'text/csv', bytes: 'text' };
    expect((await sendForm('/some', image, second)).statusCode).toBe(204);
    expect(files?.map(({ name }) => name)).toEqual(['a.png', 'b.csv']);
  });

  it('may have names beyond ASCII', async () => {
    expect((await sendForm('/one', { ...image, name: 'Übersicht 写真.png' })).statusCode).toBe(204);
    expect(files?.[0]?.name).toBe('Übersicht 写真.png');
  });

  it('may be exactly as large as the limit', async () => {
    const bytes = Buffer.alloc(2_000, 'x');
    expect((await sendForm('/one', { name: 'a.csv', type: 'text/csv', bytes })).statusCode).toBe(204);
  });

  it('reach the handler without what an image can be shown without, in bytes, checksum and all', async () => {
    const bytes = png({ extra: [pngChunk('tEXt', Buffer.from('Author\0someone'))] });
    expect((await sendForm('/one', { ...image, bytes })).statusCode).toBe(204);
    const [file] = files ?? [];
    expect(Buffer.from(file?.bytes ?? []).equals(png())).toBe(true);
    expect(file?.sha256).toBe(createHash('sha256').update(png()).digest('base64'));
  });
});

const rejected = async (response: ReturnType<typeof send>) => {
  const { statusCode, headers, json } = await response;
  expect(headers['content-type']).toBe('application/problem+json');
  expect(files).toBeUndefined();
  const [fault] = (json['errors'] ?? []) as readonly { pointer: string; code: string }[];
  return [statusCode, json['code'], ...(fault === undefined ? [] : [`${fault.pointer} ${fault.code}`])];
};

describe('a form is rejected', () => {
  const textPart = { name: 'b.csv', type: 'text/csv', bytes: 'text' };

  it.each([
    ['without a file', [], 400, 'upload-file-missing'],
    [
      'whose field was left empty',
      [{ name: '', type: 'application/octet-stream', bytes: '' }],
      400,
      'upload-file-missing',
    ],
    ['with another field', [{ ...image, field: 'photo' }], 400, 'upload-field-unexpected'],
    ['with a value next to the file', [image, { field: 'title', bytes: 'x' }], 400, 'upload-field-unexpected'],
    ['with a value in the field of files', [{ bytes: 'x' }], 400, 'upload-field-unexpected'],
    ['with one file too many', [image, textPart], 400, 'upload-too-many-files'],
    ['with an encoded part', [{ ...image, headers: ['Content-Transfer-Encoding: base64'] }], 400, 'upload-malformed'],
    ['with a broken header', [{ ...image, headers: ['no colon'] }], 400, 'upload-malformed'],
    ['whose boundary is in the file', [{ ...image, bytes: `a\r\n--${BOUNDARY}x` }], 400, 'upload-malformed'],
    ['with a file that is too large', [{ ...image, bytes: Buffer.alloc(2_001) }], 413, 'payload-too-large'],
    ['that is too large', [{ ...image, bytes: Buffer.alloc(9_000) }], 413, 'payload-too-large'],
  ] as const)('%s', async (_, parts, status, code) => {
    expect(await rejected(sendForm('/one', ...parts))).toEqual([status, code]);
  });

  it.each([
    ['a type that is not accepted', { ...image, type: 'text/html' }, 415, 'unsupported-media-type', 'media-type'],
    ['no type', { name: 'a.png', bytes: png() }, 415, 'unsupported-media-type', 'media-type'],
    ['an ending that is not accepted', { ...image, name: 'a.exe' }, 415, 'unsupported-media-type', 'name-ending'],
    ['the ending of another type', { ...image, name: 'a.csv' }, 422, 'upload-content-mismatch', 'name-ending'],
    ['a program inside', { ...image, bytes: executable() }, 422, 'upload-content-mismatch', 'signature'],
    ['the content of another type', { ...image, bytes: jpeg() }, 422, 'upload-content-mismatch', 'signature'],
    [
      'more than an image inside',
      { ...image, bytes: Buffer.concat([png(), png()]) },
      422,
      'upload-content-dangerous',
      'trailing-data',
    ],
  ])('when its file has %s', async (_, part, status, code, reason) => {
    expect(await rejected(sendForm('/one', part))).toEqual([status, code, `/file ${reason}`]);
  });

  it('and the response says which of several files it was', async () => {
    const second = { ...textPart, bytes: executable() };
    expect(await rejected(sendForm('/some', image, second))).toEqual([
      422,
      'upload-content-mismatch',
      '/file/1 not-utf-8',
    ]);
  });

  it.each([
    ['x'.repeat(9_000), {}, 413, /^The form has more than \d+ bytes\.$/],
    ['x', { 'content-type': 'multipart/form-datax; boundary=B' }, 415, /^Send multipart\/form-data, without/],
    ['x', { 'content-type': 'x multipart/form-data; boundary=B' }, 415, /^Send multipart\/form-data, without/],
    ['x', { 'content-encoding': 'x' }, 415, /^Send multipart\/form-data, without Content-Encoding\.$/],
    ['', { 'content-encoding': 'Identity' }, 400, /boundary\.$/],
  ] as const)('and the response says what to change (%#)', async (sent, more, status, detail) => {
    const { statusCode, json } = await send(sent, { ...form(image).headers, ...more });
    expect([statusCode, json['detail']]).toEqual([status, expect.stringMatching(detail)]);
  });

  it('and the response names the types that are accepted', async () => {
    const { json } = await sendForm('/one', { ...image, type: 'text/html' });
    expect(json['errors']).toEqual([
      expect.objectContaining({ message: expect.stringMatching(/must be declared as image\/png, text\/csv/) }),
    ]);
  });

  it('and the response contains nothing of the file', async () => {
    const { body } = await sendForm('/one', { ...image, name: 'secret-name.exe' });
    expect(body).not.toContain('secret-name');
  });

  const { body, headers } = form(image);
  const type = headers['content-type'];
  it.each([
    ['of JSON', '{}', { 'content-type': 'application/json' }, 415, 'unsupported-media-type'],
    [
      'of another kind of form',
      'a=b',
      { 'content-type': 'multipart/mixed; boundary=a' },
      415,
      'unsupported-media-type',
    ],
    ['that is compressed', body, { 'content-type': type, 'content-encoding': 'gzip' }, 415, 'unsupported-media-type'],
    ['without its boundary', body, { 'content-type': 'multipart/form-data' }, 400, 'upload-malformed'],
    ['with another boundary', body, { 'content-type': 'multipart/form-data; boundary=b' }, 400, 'upload-malformed'],
    ['with an endless boundary', body, { 'content-type': `${type}${'x'.repeat(70)}` }, 400, 'upload-malformed'],
    ['that is empty', '', { 'content-type': type }, 400, 'upload-malformed'],
    ['that is cut off', body.subarray(0, -8), { 'content-type': type }, 400, 'upload-malformed'],
    ['that is cut off in a header', body.subarray(0, 40), { 'content-type': type }, 400, 'upload-malformed'],
  ])('%s', async (_, sent, sentHeaders, status, code) => {
    expect(await rejected(send(sent, sentHeaders))).toEqual([status, code]);
  });

  it('when the gateway decoded it as text, which damages its bytes', async () => {
    const text = body.toString('utf8');
    expect(await rejected(send(text, headers, '/one', false))).toEqual([
      422,
      'upload-content-mismatch',
      '/file signature',
    ]);
  });
});

describe('a function', () => {
  it('cannot serve a route that takes files without a reader of files', () => {
    expect(() => serveApi(api as unknown as Api, [secure('one', keep)], { withReader: false })).toThrow(
      /reader of files/,
    );
  });
});

describe('a file', () => {
  it.each([
    'application/octet-stream',
    'application/vnd.ms-excel',
    'application/x-zip-compressed',
    'image/jpg',
    'image/pjpeg',
  ])('of the type %s is of the type that its name says, and is inspected as one', async (type) => {
    expect((await sendForm('/photo', { name: 'a.jpeg', type, bytes: jpeg() })).statusCode).toBe(204);
    expect(files).toMatchObject([{ type: 'image/jpeg' }]);
    files = undefined;
    const csv = { name: 'a.csv', type, bytes: png() };
    expect(await rejected(sendForm('/one', csv))).toContain('/file not-utf-8');
    const exe = { name: 'a.exe', type, bytes: png() };
    expect(await rejected(sendForm('/one', exe))).toContain('/file media-type');
    expect((await sendForm('/one', { ...image, name: 'A.PNG', type })).statusCode).toBe(204);
    expect(files).toMatchObject([{ type: 'image/png' }]);
  });
});
