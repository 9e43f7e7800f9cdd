import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:https';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Client, type ClientResponse, clientOf } from '../support/client.ts';
import { executable, type FormPart, form, gif, jpeg, pdf, png, pngChunk, zip } from '../support/files.ts';
import { type RunningGateway, startGateway } from '../support/gateway.ts';

interface Attachment {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly size: number;
  readonly sha256: string;
  readonly state: string;
}

let gateway: RunningGateway;
let call: Client;
let token: Record<string, string>;
let attachments: string;

beforeAll(async () => {
  gateway = await startGateway({ args: ['--scan', 'hold'] });
  call = clientOf(gateway.ready);
  const of = (role: string) => gateway.token(role, { tier: 'premium' });
  token = { viewer: await of('viewer'), editor: await of('editor'), admin: await of('admin') };
});
afterAll(() => gateway?.stop());
beforeEach(async () => {
  const { id } = (await call('POST', '/documents', { token: token['editor'], body: { title: 'Files' } })).json();
  attachments = `/documents/${id}/attachments`;
});

const sha256 = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64');
const send = (...parts: readonly FormPart[]): Promise<ClientResponse> => {
  const { body, headers } = form(...parts);
  return call('POST', attachments, { token: token['editor'], body, headers });
};
const sendFile = (name: string, type: string, bytes: Buffer) => send({ name, type, bytes });
const list = async () =>
  (await call('GET', attachments, { token: token['viewer'] })).json<{ items: Attachment[] }>().items;
const problem = (response: ClientResponse) => {
  expect(response.headers['content-type']).toBe('application/problem+json');
  expect(response.json()['type']).toBe(`https://secure-api.dev/errors/${response.json()['code']}`);
  return [response.status, response.json()['code']];
};

describe('a file', () => {
  it.each([
    ['a PNG', 'photo.png', 'image/png', png({ width: 640, height: 480 })],
    ['a JPEG', 'photo.JPG', 'image/jpeg', jpeg()],
    ['a PNG of a long name', 'Grüße aus Köln.png', 'image/png', png()],
  ])('that is %s is kept, and in quarantine from the first moment', async (_, name, type, bytes) => {
    const response = await sendFile(name, type, bytes);
    expect(response.status).toBe(201);
    const attachment = response.json<Attachment>();
    expect(attachment).toMatchObject({ type, size: bytes.length, sha256: sha256(bytes), state: 'quarantined' });
    expect(attachment.name.toLowerCase()).toBe(name.toLowerCase());
    expect(await list()).toEqual([attachment]);
  });

  it('of four megabytes comes through', async () => {
    const bytes = Buffer.concat([jpeg().subarray(0, -2), Buffer.alloc(4_400_000, 7), Buffer.from([0xff, 0xd9])]);
    const response = await sendFile('large.jpg', 'image/jpeg', bytes);
    expect([response.status, response.json<Attachment>().size]).toEqual([201, bytes.length]);
  });

  it.each([
    ['an archive in a chunk of a program', png({ extra: [pngChunk('teSt', zip([{ name: 'a' }]))] })],
    ['a page in its text', png({ extra: [pngChunk('tEXt', Buffer.from('Comment\0<script>alert(1)</script>'))] })],
  ])('is kept without %s', async (_, bytes) => {
    const response = await sendFile('a.png', 'image/png', bytes);
    expect(response.json<Attachment>()).toMatchObject({ size: png().length, sha256: sha256(png()) });
  });

  it.each([
    ['climbs', '../../etc/passwd.png', 'passwd.png'],
    ['climbs on Windows', '..\\..\\a.png', 'a.png'],
    ['has a null byte', 'a.exe%00.png', 'a_exe_00.png'],
    ['reads backwards', 'invoice\u202egnp.png', 'invoicegnp.png'],
    ['has a second ending', 'a.php5.png', 'a_php5.png'],
  ])('has a harmless name if the one that it came with %s', async (_, given, kept) => {
    expect((await sendFile(given, 'image/png', png())).json<Attachment>().name).toBe(kept);
  });

  it('is for those who may change the document; its list for those who may read it', async () => {
    const { body, headers } = form({ name: 'a.png', type: 'image/png', bytes: png() });
    const as = (bearer?: string) => call('POST', attachments, { ...(bearer && { token: bearer }), body, headers });
    expect((await as()).status).toBe(401);
    expect((await as(token['viewer'])).status).toBe(403);
    expect(await list()).toEqual([]);
  });

  it('of an unknown document is not found', async () => {
    attachments = '/documents/00000000-0000-4000-8000-000000000000/attachments';
    expect((await sendFile('a.png', 'image/png', png())).status).toBe(404);
    expect((await call('GET', attachments, { token: token['viewer'] })).status).toBe(404);
  });

  it('goes with its document', async () => {
    await sendFile('a.png', 'image/png', png());
    const document = attachments.replace('/attachments', '');
    expect((await call('DELETE', document, { token: token['admin'] })).status).toBe(204);
    expect((await call('GET', attachments, { token: token['viewer'] })).status).toBe(404);
  });
});

describe('a file is rejected', () => {
  const mismatch = [422, 'upload-content-mismatch'];
  const dangerous = [422, 'upload-content-dangerous'];
  const type = [415, 'unsupported-media-type'];
  const page = Buffer.from('<script>alert(1)</script>');

  it.each([
    ['a program that was renamed to an image', 'photo.png', 'image/png', executable(), mismatch],
    ['a program', 'setup.exe', 'application/x-msdownload', executable(), type],
    ['a program behind another ending', 'invoice.png.exe', 'image/png', executable(), type],
    ['a PDF that says it is a PNG', 'a.png', 'image/png', pdf(), mismatch],
    ['a PDF, which only a scan can release', 'a.pdf', 'application/pdf', pdf(), type],
    ['a type that is not taken', 'a.gif', 'image/gif', gif(), type],
    ['a page', 'a.png', 'text/html', page, type],
    ['a PNG with an archive behind it', 'a.png', 'image/png', Buffer.concat([png(), zip([{ name: 'a' }])]), dangerous],
    ['a PNG with a script behind it', 'a.png', 'image/png', Buffer.concat([png(), page]), dangerous],
    ['a PNG that unpacks to gigabytes', 'a.png', 'image/png', png({ declared: [60_000, 60_000] }), dangerous],
  ])('when it is %s', async (_, fileName, declared, bytes, expected) => {
    expect(problem(await sendFile(fileName, declared, bytes))).toEqual(expected);
    expect(await list()).toEqual([]);
  });

  const part: FormPart = { name: 'a.png', type: 'image/png', bytes: png() };
  it.each<[string, readonly FormPart[], number, string]>([
    ['two come at once', [part, part], 400, 'upload-too-many-files'],
    ['it comes in another field', [{ ...part, field: 'photo' }], 400, 'upload-field-unexpected'],
    ['a text comes along', [part, { field: 'title', bytes: 'x' }], 400, 'upload-field-unexpected'],
    ['there is none', [], 400, 'upload-file-missing'],
    ['it is larger than the route takes', [{ ...part, bytes: Buffer.alloc(4_500_001) }], 413, 'payload-too-large'],
    ['it is larger than a function takes', [{ ...part, bytes: Buffer.alloc(5_000_000) }], 413, 'payload-too-large'],
    ['it is larger than the gateway takes', [{ ...part, bytes: Buffer.alloc(10_500_000) }], 413, 'payload-too-large'],
  ])('when %s', async (_, parts, status, code) => {
    expect(problem(await send(...parts))).toEqual([status, code]);
    expect(await list()).toEqual([]);
  });

  it.each([
    ['JSON', Buffer.from('{}'), 'application/json', [415, 'unsupported-media-type']],
    ['the bytes alone', png(), 'image/png', [415, 'unsupported-media-type']],
    ['a form without its boundary', form(part).body, 'multipart/form-data', [400, 'upload-malformed']],
    [
      'a form that is cut off',
      form(part).body.subarray(0, -9),
      form().headers['content-type'],
      [400, 'upload-malformed'],
    ],
    ['nothing', Buffer.alloc(0), form().headers['content-type'], [400, 'upload-malformed']],
  ])('when %s is sent', async (_, body, contentType, expected) => {
    const headers = { 'content-type': contentType };
    expect(problem(await call('POST', attachments, { token: token['editor'], body, headers }))).toEqual(expected);
  });

  it('when ten gigabytes are announced, before one of them is sent', async () => {
    const response = await announced(10 * 1024 ** 3);
    expect(response).toMatch(/^HTTP\/1\.1 413 /);
    expect(response).toMatch(/"code":"payload-too-large"/);
    expect(response).toMatch(/connection: close/i);
  });

  /** Sends the head of a request and waits for the end of the connection: what responds has read no body. */
  function announced(length: number): Promise<string> {
    const { hostname, port } = new URL(gateway.ready.url);
    const head = [
      `POST ${attachments} HTTP/1.1`,
      `Host: ${hostname}:${port}`,
      `Authorization: Bearer ${token['editor']}`,
      'Content-Type: multipart/form-data; boundary=b',
      `Content-Length: ${length}`,
    ];
    return new Promise((done, fail) => {
      let text = '';
      const socket = connect({ host: hostname, port: Number(port), ca: readFileSync(gateway.ready.ca) }, () =>
        socket.write(`${head.join('\r\n')}\r\n\r\n`),
      );
      socket.on('data', (part: Buffer) => {
        text += part.toString();
      });
      socket.on('error', fail);
      socket.on('close', () => done(text));
    });
  }
});

describe('a large file', () => {
  const bytes = png({ extra: [pngChunk('teSt', Buffer.alloc(12_000_000, 3))] });
  interface Presigned {
    readonly id: string;
    readonly url: string;
    readonly fields: Readonly<Record<string, string>>;
  }
  const announce = async (change: object = {}): Promise<Presigned> => {
    const body = { name: 'large.png', type: 'image/png', size: bytes.length, sha256: sha256(bytes), ...change };
    const response = await call('POST', `${attachments}/presign`, { token: token['editor'], body });
    expect(response.status).toBe(200);
    return response.json<Presigned>();
  };
  /** Sends a form over TLS, trusting the gateway's CA alone. */
  const post = ({ url, fields }: Presigned, file: Buffer, change: Readonly<Record<string, string>> = {}) => {
    const strings = Object.entries({ ...fields, ...change }).map(([field, value]) => ({ field, bytes: value }));
    const { body, headers } = form(...strings, { name: 'x', bytes: file });
    return new Promise<{ readonly status: number; readonly text: string }>((done, fail) => {
      const sent = request(url, { method: 'POST', headers, ca: readFileSync(gateway.ready.ca) }, (response) => {
        let text = '';
        response.on('data', (part: Buffer) => {
          text += part.toString();
        });
        response.on('end', () => done({ status: response.statusCode ?? 0, text }));
      });
      sent.on('error', fail);
      sent.end(body);
    });
  };

  it('goes to the bucket by a form that the API signs, over TLS', async () => {
    const presigned = await announce();
    expect(presigned.url).toMatch(/^https:\/\//);
    expect(await list()).toMatchObject([{ id: presigned.id, state: 'awaiting' }]);
    expect((await post(presigned, bytes)).status).toBe(201);
    expect(await list()).toMatchObject([{ id: presigned.id, state: 'quarantined', size: bytes.length }]);
  });

  it.each([
    ['another key', bytes, { key: 'uploads/other' }, 403, 'AccessDenied'],
    ['another media type', bytes, { 'Content-Type': 'text/html' }, 403, 'AccessDenied'],
    ['a way to be shown', bytes, { 'Content-Disposition': 'inline' }, 403, 'AccessDenied'],
    ['another checksum', bytes, { 'x-amz-checksum-sha256': sha256(png()) }, 403, 'AccessDenied'],
    ['a tag that would release it', bytes, { tagging: '<Tagging/>' }, 403, 'AccessDenied'],
    ['another signature', bytes, { 'x-amz-signature': '0'.repeat(64) }, 403, 'SignatureDoesNotMatch'],
    ['more bytes', Buffer.concat([bytes, png()]), {}, 400, 'EntityTooLarge'],
    ['fewer bytes', png(), {}, 400, 'EntityTooSmall'],
    ['other bytes', Buffer.concat([bytes.subarray(0, -1), Buffer.from('x')]), {}, 400, 'BadDigest'],
  ])('is rejected by the bucket with %s', async (_, file, change, status, code) => {
    const response = await post(await announce(), file, change);
    expect([response.status, /<Code>(\w+)<\/Code>/.exec(response.text)?.[1]]).toEqual([status, code]);
    expect(await list()).toMatchObject([{ state: 'awaiting' }]);
  });

  it.each([
    ['the ending of something else', { name: 'a.exe' }, [415, 'unsupported-media-type']],
    ['a type that is not taken', { type: 'image/svg+xml' }, [400, 'invalid-request']],
    ['more than a hundred megabytes', { size: 104_857_601 }, [400, 'invalid-request']],
    ['no checksum', { sha256: undefined }, [400, 'invalid-request']],
  ])('is rejected by the API with %s', async (_, change, expected) => {
    const body = { name: 'a.png', type: 'image/png', size: 1, sha256: sha256(png()), ...change };
    const response = await call('POST', `${attachments}/presign`, { token: token['editor'], body });
    expect(problem(response)).toEqual(expected);
  });

  it('needs the permission to change the document', async () => {
    const body = { name: 'a.png', type: 'image/png', size: 1, sha256: sha256(png()) };
    expect((await call('POST', `${attachments}/presign`, { token: token['viewer'], body })).status).toBe(403);
  });
});

it('nothing of a file, its name or a form’s signature is in a log or on the screen', async () => {
  await sendFile('secret-name.exe', 'image/png', Buffer.from('secret-content'));
  const body = { name: 'secret-name.png', type: 'image/png', size: 1, sha256: sha256(png()) };
  const { fields } = (await call('POST', `${attachments}/presign`, { token: token['editor'], body })).json<{
    fields: Record<string, string>;
  }>();
  const folder = join(gateway.ready.data, 'logs');
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const logs = files.map(({ parentPath, name }) => readFileSync(join(parentPath, name), 'utf8')).join('');
  expect(logs).toContain('upload-content-mismatch');
  for (const secret of ['secret-name', 'secret-content', fields['policy'], fields['x-amz-signature']]) {
    expect(secret?.length).toBeGreaterThan(8);
    expect(logs + gateway.output()).not.toContain(secret);
  }
});
