import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { addAttachment, findAttachments } from '../../../lambdas/documents/data/attachments.ts';
import { deleteDocument } from '../../../lambdas/documents/data/documents.ts';
import { handler, sweepAttachments } from '../../../lambdas/documents/sweep/sweepAttachments.ts';
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
afterEach(() => vi.restoreAllMocks());

/** A form is valid for five minutes, and its upload can take an hour. */
const GRACE_MS = 3_900_000;
const sweep = (ms = GRACE_MS + 1_000) => sweepAttachments(stores.stores, new Date(Date.now() + ms));
const rows = (id = documentId) => findAttachments(stores.table, id);
const NOTHING = { objects: 0, rows: 0, failures: [] };
/** Puts objects without attachments. */
const putObjects = (keys: readonly string[]) => stores.putObjects(keys);

describe('a sweep removes', () => {
  it.each([
    ['document', () => stores.removeDocument(documentId)],
    ['attachment', async () => stores.remove(documentId, (await rows())[0]?.id)],
  ])('what a form uploads after its %s was deleted', async (_, remove) => {
    const { json } = await stores.announce(documentId);
    expect((await remove()).statusCode).toBe(204);
    expect(await stores.upload(json)).toBe(201);
    expect(await stores.objects(documentId)).toHaveLength(1);
    expect(await sweep()).toEqual({ ...NOTHING, objects: 1 });
    expect(await stores.objects(documentId)).toEqual([]);
    expect(await sweep()).toEqual(NOTHING);
  });

  it('an attachment that was announced and never uploaded', async () => {
    await stores.announce(documentId);
    expect(await sweep()).toEqual({ ...NOTHING, rows: 1 });
    expect(await rows()).toEqual([]);
  });

  it('an attachment of a deleted document, with its bytes', async () => {
    await stores.add(documentId);
    await deleteDocument(stores.table, documentId);
    expect(await sweep()).toEqual({ ...NOTHING, rows: 1 });
    expect([await rows(), await stores.objects(documentId)]).toEqual([[], []]);
  });

  it('an attachment whose bytes the bucket has removed', async () => {
    const { json } = await stores.add(documentId);
    await stores.client.send(new DeleteObjectCommand(stores.keyOf(documentId, json['id'])));
    expect(await sweep()).toEqual({ ...NOTHING, rows: 1 });
  });

  it('more than a page of each', async () => {
    const folder = (n: number) => `uploads/${uuid(900 + (n % 7))}/${uuid(n)}`;
    putObjects(Array.from({ length: 1_100 }, (_, n) => folder(n)));
    const others = await Promise.all(Array.from({ length: 8 }, () => stores.createDocument()));
    for (const id of others) {
      for (let n = 0; n < 3; n += 1) {
        await addAttachment(stores.table, attachmentOf({ documentId: id, id: uuid(n) }));
      }
    }
    expect(await sweep()).toEqual({ objects: 1_100, rows: 24, failures: [] });
    expect(await sweep()).toEqual(NOTHING);
  });
});

describe('a sweep leaves', () => {
  it('uploads in progress, and files with their attachment', async () => {
    await stores.announce(documentId);
    putObjects([`uploads/${documentId}/${uuid(3)}`]);
    const { json } = await stores.add(documentId);
    expect(await sweep(GRACE_MS - 60_000)).toEqual(NOTHING);
    expect(await sweep()).toEqual({ objects: 1, rows: 1, failures: [] });
    expect(await stores.list(documentId)).toMatchObject([{ id: json['id'] }]);
    expect(await stores.objects(documentId)).toHaveLength(1);
  });

  it('objects that were put for something else', async () => {
    const keys = [`uploads/${documentId}/note.txt`, 'uploads/readme', 'other/a', `uploads/${uuid(1)}/${uuid(2)}/3`];
    putObjects(keys);
    expect(await sweep()).toEqual(NOTHING);
  });

  it('nothing else undone when a removal fails, and two at once do no harm', async () => {
    const { fetch } = globalThis;
    putObjects([1, 2, 3].map((n) => `uploads/${uuid(800 + n)}/${uuid(n)}`));
    vi.spyOn(globalThis, 'fetch').mockImplementation((input, init) =>
      input instanceof Request && input.method === 'DELETE' && input.url.includes(uuid(802))
        ? Promise.reject(new Error('no route'))
        : fetch(input, init),
    );
    expect(await sweep()).toEqual({ objects: 2, rows: 0, failures: [new Error('no route')] });
    vi.restoreAllMocks();
    const [one, two] = await Promise.all([sweep(), sweep()]);
    expect([...one.failures, ...two.failures]).toEqual([]);
    expect(await sweep()).toEqual(NOTHING);
  });
});

describe('the function of the sweep', () => {
  it('reports what it has removed as metrics', async () => {
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'false');
    vi.stubEnv('POWERTOOLS_DEV', 'true');
    const log = vi.spyOn(console, 'log').mockReturnValue();
    await handler();
    vi.stubEnv('POWERTOOLS_METRICS_DISABLED', 'true');
    const [written] = log.mock.calls.map(([line]) => JSON.parse(String(line)));
    expect(written).toMatchObject({ service: 'attachments', OrphanedObjectsRemoved: 0, OrphanedRowsRemoved: 0 });
    expect(written._aws.CloudWatchMetrics[0].Namespace).toBe('Documents');
  });

  it('fails when something was not removed, so that its alarm fires', async () => {
    putObjects([`uploads/${uuid(700)}/${uuid(1)}`]);
    vi.useFakeTimers({ now: Date.now() + GRACE_MS + 1_000, toFake: ['Date'] });
    try {
      vi.spyOn(globalThis, 'fetch').mockRejectedValue(new Error('no route'));
      await expect(handler()).rejects.toThrow('no route');
    } finally {
      vi.useRealTimers();
    }
  });
});
