import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadCursorKey } from '../../../lambdas/documents/data/cursorKey.ts';
import {
  addDocument,
  deleteDocument,
  findDocument,
  listDocuments,
  publishDocument,
  replaceDocument,
} from '../../../lambdas/documents/data/documents.ts';
import { type Document, draft } from '../../../lambdas/documents/logic/document.ts';
import { startTable } from './support.ts';

let table: Awaited<ReturnType<typeof startTable>>;
let clock = Date.parse('2026-11-01T00:00:00.000Z');

beforeAll(async () => {
  table = await startTable();
});
afterAll(() => table.close());

const now = () => {
  clock += 1_000;
  return new Date(clock).toISOString();
};
async function added(title = 'A'): Promise<Document> {
  const document = draft({ title }, crypto.randomUUID(), now());
  expect(await addDocument(table, document)).toBe(true);
  return document;
}

describe('a document', () => {
  it('is read as it was added, without keys', async () => {
    const document = await added();
    expect(await findDocument(table, document.id)).toEqual(document);
    expect(await addDocument(table, document)).toBe(false);
  });

  it('is replaced if its version matches, and not if it is stale or missing', async () => {
    const { id } = await added();
    const change = (precondition: 'any' | number[]) =>
      replaceDocument(table, id, { title: 'B', tags: ['x'] }, { precondition, now: now() });
    expect(await change([1])).toMatchObject({ title: 'B', body: '', tags: ['x'], version: 2, status: 'draft' });
    expect(await change([1])).toBe('stale');
    expect(await change([])).toBe('stale');
    expect(await change('any')).toMatchObject({ version: 3 });
    await deleteDocument(table, id);
    expect(await change('any')).toBe('missing');
  });

  it('is replaced once by two callers with the same version', async () => {
    const { id } = await added();
    const change = (title: string) => replaceDocument(table, id, { title }, { precondition: [1], now: now() });
    const results = await Promise.all(['one', 'two', 'three', 'four'].map(change));
    expect(results.filter((result) => result === 'stale')).toHaveLength(3);
    expect((await findDocument(table, id))?.version).toBe(2);
  });

  it('is published once', async () => {
    const { id } = await added();
    expect(await publishDocument(table, id, now())).toMatchObject({ status: 'published', version: 2 });
    expect(await publishDocument(table, id, now())).toBe('published');
    expect(await publishDocument(table, crypto.randomUUID(), now())).toBe('missing');
  });

  it('is deleted once', async () => {
    const { id } = await added();
    expect(await deleteDocument(table, id)).toBe(true);
    expect(await deleteDocument(table, id)).toBe(false);
    expect(await findDocument(table, id)).toBeUndefined();
  });
});

describe('a list', () => {
  const pages = async (limit: number, status?: 'draft' | 'published') => {
    const ids: string[] = [];
    const sizes: number[] = [];
    let after: Document | undefined;
    for (;;) {
      const { items, more } = await listDocuments(table, { limit, status, after });
      ids.push(...items.map(({ id }) => id));
      sizes.push(items.length);
      after = items.at(-1);
      if (!more) return { ids, sizes };
    }
  };

  it('returns every document once, newest first, with and without a filter', async () => {
    const all = [];
    for (let i = 0; i < 9; i += 1) all.unshift(await added(`listed ${i}`));
    const published = all.filter((_, index) => index % 3 === 0);
    for (const { id } of published) await publishDocument(table, id, now());

    const drafts = await pages(4, 'draft');
    expect(drafts.sizes.slice(0, -1).every((size) => size === 4)).toBe(true);
    expect(drafts.ids).not.toContain(published[0]?.id);
    expect(new Set(drafts.ids).size).toBe(drafts.ids.length);
    const found = await pages(2, 'published');
    expect(found.ids.slice(0, 3)).toEqual(published.map(({ id }) => id));
    const everything = await pages(4);
    expect(everything.ids.slice(0, 9)).toEqual(all.map(({ id }) => id));
    expect([...drafts.ids, ...found.ids].sort()).toEqual([...everything.ids].sort());
  });

  it('reports the end when the last page is full', async () => {
    const { items } = await listDocuments(table, { limit: 100, status: undefined, after: undefined });
    const { more } = await listDocuments(table, { limit: items.length, status: undefined, after: undefined });
    expect(more).toBe(false);
  });
});

it('makes one key for cursors, also when two instances start at once', async () => {
  const keys = await Promise.all(Array.from({ length: 5 }, () => loadCursorKey(table)));
  expect(new Set(keys.map((key) => Buffer.from(key).toString('hex'))).size).toBe(1);
  expect(keys[0]).toHaveLength(32);
});
