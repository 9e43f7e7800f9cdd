import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { addAttachment, findAttachments, removeAttachment } from '../../../lambdas/documents/data/attachments.ts';
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

const now = () => new Date().toISOString();
const rows = () => findAttachments(stores.table, documentId);
const fill = (count: number) =>
  Promise.all(
    Array.from({ length: count }, (_, i) =>
      addAttachment(stores.table, attachmentOf({ documentId, id: uuid(i), state: 'released', createdAt: now() })),
    ),
  );
/** Adds files at once, in both ways, and counts the statuses. */
const race = async (count: number) => {
  const adding = Array.from({ length: count }, (_, i) =>
    i % 2 === 0 ? stores.announce(documentId) : stores.add(documentId),
  );
  return Object.groupBy(await Promise.all(adding), ({ statusCode }) => String(statusCode));
};

describe('fifty places', () => {
  it.each([
    [48, 12, 2],
    [0, 60, 50],
    [49, 20, 1],
    [50, 12, 0],
  ])('of which %i are taken are never exceeded by %i uploads at once: %i are accepted', async (taken, count, free) => {
    await fill(taken);
    const { 200: announced = [], 201: added = [], 409: full = [], ...others } = await race(count);
    expect(others).toEqual({});
    expect([announced.length + added.length, full.length]).toEqual([free, count - free]);
    expect(await stores.list(documentId)).toHaveLength(taken + free);
    const kept = (await stores.objects(documentId)).length;
    expect(kept).toBe(added.length);
  });

  it('are free again after a deletion, and are exceeded by no mix of additions and deletions', async () => {
    await fill(50);
    const [first, second] = await rows();
    const deleting = [first, second].map((one) => stores.remove(documentId, one?.id));
    const { 200: announced = [], 201: added = [] } = await race(12);
    expect((await Promise.all(deleting)).map(({ statusCode }) => statusCode)).toEqual([204, 204]);
    expect(announced.length + added.length).toBeLessThanOrEqual(2);
    const left = 2 - announced.length - added.length;
    for (let i = 0; i < left; i += 1) expect((await stores.announce(documentId)).statusCode).toBe(200);
    expect((await stores.announce(documentId)).statusCode).toBe(409);
    expect(await stores.list(documentId)).toHaveLength(50);
  });

  it('are removed only for the attachment that was meant', async () => {
    const old = await addAttachment(stores.table, attachmentOf({ documentId, id: uuid(1), createdAt: now() }));
    if (old === undefined) throw new Error('no place');
    expect(await removeAttachment(stores.table, { ...old, id: uuid(2) })).toBe(false);
    expect(await removeAttachment(stores.table, old)).toBe(true);
    expect(await removeAttachment(stores.table, old)).toBe(false);
  });
});
