import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { draft } from '../../../lambdas/documents/logic/document.ts';
import { etagOf, parseIfMatch } from '../../../lambdas/documents/logic/etag.ts';
import { fingerprint, idempotencyId } from '../../../lambdas/documents/logic/idempotency.ts';
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

describe('an idempotency key', () => {
  it('differs for each caller', () => {
    expect(idempotencyId('a', 'k')).not.toBe(idempotencyId('b', 'k'));
    expect(idempotencyId('a', 'bk')).not.toBe(idempotencyId('ab', 'k'));
  });

  it('distinguishes contents, but not a missing value from an empty one', () => {
    expect(fingerprint({ title: 'A' })).toBe(fingerprint({ title: 'A', body: '', tags: [] }));
    expect(fingerprint({ title: 'A', tags: ['a', 'b'] })).not.toBe(fingerprint({ title: 'A', tags: ['b', 'a'] }));
  });
});
