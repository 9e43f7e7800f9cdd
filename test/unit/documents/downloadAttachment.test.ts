import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { findAttachments } from '../../../lambdas/documents/data/attachments.ts';
import { openBucket, presignDownload, scanStatus } from '../../../lambdas/documents/data/bucket.ts';
import { png } from '../../support/files.ts';
import { type AttachmentStores, attachmentOf, startStores, uuid } from './attachmentStores.ts';

let stores: AttachmentStores;
let documentId: string;
beforeAll(async () => {
  stores = await startStores();
});
afterAll(() => stores.close());
beforeEach(async () => {
  documentId = await stores.createDocument();
});

const added = async (name = 'a.png') => String((await stores.add(documentId, { name })).json['id']);

describe('a released file', () => {
  it('is read at an address that fixes its type and its name, and that nobody stores', async () => {
    const id = await added('Übersicht *1*.png');
    await stores.scanned(documentId, id, 'NO_THREATS_FOUND');
    const { statusCode, json } = await stores.download(documentId, id);
    expect([statusCode, Object.keys(json)]).toEqual([200, ['url', 'expiresAt']]);
    const response = await fetch(String(json['url']));
    expect(Buffer.from(await response.arrayBuffer()).equals(png())).toBe(true);
    expect(response.headers.get('content-type')).toBe('image/png');
    expect(response.headers.get('content-disposition')).toMatch(
      /^attachment; filename="[ -~]+"; filename\*=UTF-8''%C3%9C/,
    );
    expect(response.headers.get('cache-control')).toBe('private, no-store');
  });

  it('is read with no other type, name or key than those that were signed', async () => {
    const id = await added();
    await stores.scanned(documentId, id, 'NO_THREATS_FOUND');
    const url = String((await stores.download(documentId, id)).json['url']);
    const changes: readonly ((changed: URL) => unknown)[] = [
      ({ searchParams }) => searchParams.set('response-content-type', 'text/html'),
      ({ searchParams }) => searchParams.set('response-content-disposition', 'inline'),
      ({ searchParams }) => searchParams.delete('response-content-disposition'),
      ({ searchParams }) => searchParams.set('response-content-language', 'en'),
      ({ searchParams }) => searchParams.set('X-Amz-Expires', '604800'),
      ({ searchParams }) => searchParams.set('versionId', '1'),
      (changed) => {
        changed.pathname = changed.pathname.replace(id, uuid(9));
      },
    ];
    for (const change of changes) {
      const changed = new URL(url);
      change(changed);
      expect((await fetch(changed)).status).toBe(403);
    }
    expect((await fetch(url, { method: 'DELETE' })).status).toBe(403);
    expect((await fetch(url)).status).toBe(200);
  });

  it.each([404, 405])('is missing when S3 returns %i for its tags, as with a delete marker', async (status) => {
    const original = globalThis.fetch;
    vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) =>
      input instanceof Request && input.url.endsWith('?tagging')
        ? Promise.resolve(new Response('<Error><Code>MethodNotAllowed</Code></Error>', { status }))
        : original(input, init),
    );
    expect(await scanStatus(openBucket(process.env), attachmentOf({}))).toBe('missing');
    vi.restoreAllMocks();
  });

  it('is read for one minute', async () => {
    const url = await presignDownload(openBucket(process.env), attachmentOf({}), new Date(Date.now() - 61_000));
    const response = await fetch(url);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('Request has expired')]);
  });

  it('has an address with the session of the role, in which a space is no plus sign', async () => {
    const environment = {
      BUCKET_NAME: 'b',
      AWS_REGION: 'eu-west-1',
      AWS_ACCESS_KEY_ID: 'a',
      AWS_SECRET_ACCESS_KEY: 's',
      AWS_SESSION_TOKEN: 'of-the-role',
    };
    const named = attachmentOf({ name: 'a b+c.pdf' });
    const url = await presignDownload(openBucket(environment), named, new Date('2026-11-25T08:00:00Z'));
    expect(url).toMatch(/^https:\/\/b\.s3\.eu-west-1\.amazonaws\.com\/uploads\//);
    expect(url).not.toContain('+');
    const { searchParams } = new URL(url);
    expect(searchParams.get('response-content-disposition')).toContain('filename="a b+c.pdf"');
    expect(searchParams.get('X-Amz-Security-Token')).toBe('of-the-role');
    expect(searchParams.get('X-Amz-Expires')).toBe('60');
    expect(searchParams.get('X-Amz-SignedHeaders')).toBe('host');
  });
});

describe('a file cannot be read', () => {
  it.each(['THREATS_FOUND', 'UNSUPPORTED', 'ACCESS_DENIED', 'FAILED'])(
    'when its scan ended with %s',
    async (status) => {
      const id = await added();
      await stores.scanned(documentId, id, status);
      expect((await stores.download(documentId, id)).statusCode).toBe(409);
    },
  );

  it('before its scan, or before it was uploaded', async () => {
    const { json } = await stores.announce(documentId);
    for (const id of [await added(), json['id']]) {
      const response = await stores.download(documentId, id);
      expect([response.statusCode, response.json['code']]).toEqual([409, 'conflict']);
    }
  });

  it('by its id alone, in another document, or after it was deleted', async () => {
    const id = await added();
    await stores.scanned(documentId, id, 'NO_THREATS_FOUND');
    expect((await stores.download(await stores.createDocument(), id)).statusCode).toBe(404);
    expect((await stores.download(uuid(5), id)).statusCode).toBe(404);
    expect((await stores.download(documentId, uuid(5))).statusCode).toBe(404);
    expect((await stores.remove(documentId, id)).statusCode).toBe(204);
    expect((await stores.download(documentId, id)).statusCode).toBe(404);
  });
});

describe('a file is deleted', () => {
  it('with its bytes, once', async () => {
    const id = await added();
    expect((await stores.remove(documentId, id)).statusCode).toBe(204);
    expect([await findAttachments(stores.table, documentId), await stores.objects(documentId)]).toEqual([[], []]);
    expect((await stores.remove(documentId, id)).statusCode).toBe(404);
  });

  it('by those who can delete its document, and not by those who can change it', async () => {
    const id = await added();
    for (const roles of ['viewer', 'editor', 'manager']) {
      expect((await stores.remove(documentId, id, roles)).statusCode).toBe(403);
    }
    expect((await stores.remove(documentId, id, 'admin')).statusCode).toBe(204);
  });

  it('not by its id in another document', async () => {
    const id = await added();
    expect((await stores.remove(await stores.createDocument(), id)).statusCode).toBe(404);
    expect(await stores.list(documentId)).toHaveLength(1);
  });
});
