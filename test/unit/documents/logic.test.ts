import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { documentIdOf, draft, isDraftOf } from '../../../lambdas/documents/logic/document.ts';
import { etagOf, parseIfMatch } from '../../../lambdas/documents/logic/etag.ts';
import { openCursor, signCursor } from '../../../lambdas/documents/logic/pagination.ts';

const key = randomBytes(32);
const position = { createdAt: '2026-11-01T00:00:00.000Z', id: crypto.randomUUID() };

describe('a cursor', () => {
  const cursor = signCursor({ ...position, status: 'draft' }, key);

  it('works for the list that it came from, and for no other', () => {
    expect(openCursor(cursor, 'draft', key)).toEqual({ ...position, status: 'draft' });
    expect(openCursor(cursor, 'published', key)).toBeUndefined();
    expect(openCursor(cursor, undefined, key)).toBeUndefined();
  });

  it('contains only characters that are safe in a URL', () => {
    expect(cursor).toMatch(/^[A-Za-z0-9_-]{1,512}$/);
  });

  it('is rejected with any character changed, removed or added', () => {
    for (let at = 0; at < cursor.length; at += 1) {
      const other = cursor[at] === 'A' ? 'B' : 'A';
      expect(openCursor(cursor.slice(0, at) + other + cursor.slice(at + 1), 'draft', key)).toBeUndefined();
    }
    for (const forged of [cursor.slice(0, -1), `${cursor}A`, '', 'A', 'eyJpZCI6MX0', cursor.slice(22)]) {
      expect(openCursor(forged, 'draft', key)).toBeUndefined();
    }
  });

  it('of another key is rejected', () => {
    expect(openCursor(cursor, 'draft', randomBytes(32))).toBeUndefined();
  });
});

describe('If-Match', () => {
  it.each([
    ['*', 'any'],
    [' * ', 'any'],
    ['"1"', [1]],
    ['"1", "22"', [1, 22]],
    ['W/"1"', []],
    ['"foreign", "3"', [3]],
    ['"01"', []],
    ['"0"', []],
    ['1', undefined],
    ['"1', undefined],
    ['"1" "2"', undefined],
    ['', undefined],
    ['*, "1"', undefined],
  ])('%j means %j', (header, expected) => {
    expect(parseIfMatch(header)).toEqual(expected);
  });

  it('accepts the ETag of a document', () => {
    const document = draft({ title: 'A' }, position.id, position.createdAt);
    expect(parseIfMatch(etagOf(document))).toEqual([document.version]);
  });
});

describe('the id of a document that is created with an idempotency key', () => {
  it('is a UUID, the same for one key and another for every other', () => {
    expect(documentIdOf('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(documentIdOf('a')).toBe(documentIdOf('a'));
    expect(documentIdOf('a')).not.toBe(documentIdOf('b'));
  });

  it('stands for the draft of the same request, not for one that was changed or is older than the key', () => {
    const before = draft({ title: 'A', tags: ['a'] }, position.id, '2026-11-01T00:00:00Z');
    const again = { ...before, createdAt: '2026-11-01T23:59:59Z' };
    expect(isDraftOf(before, again)).toBe(true);
    expect(isDraftOf({ ...before, version: 2 }, again)).toBe(false);
    expect(isDraftOf(before, { ...again, title: 'B' })).toBe(false);
    expect(isDraftOf(before, { ...again, tags: ['a', 'b'] })).toBe(false);
    expect(isDraftOf(before, { ...again, createdAt: '2026-11-02T00:00:00Z' })).toBe(false);
  });
});
