import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { type Range, SqliteLevel } from '../../services/dynamodb/sqliteLevel.ts';

interface Steps {
  next(): Promise<unknown>;
}
type Level = Pick<SqliteLevel, 'get' | 'put' | 'del' | 'batch' | 'close'> &
  Readonly<Record<'keys' | 'values', (range: Range) => Steps>>;

const require = createRequire(import.meta.url);
/** The package that dynalite is written for. */
const { Level: Reference } = createRequire(require.resolve('dynalite'))('level') as {
  readonly Level: new (path: string, options: { readonly valueEncoding: 'json' }) => Level;
};

async function all(steps: Steps): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (let step = await steps.next(); step !== undefined; step = await steps.next()) found.push(step);
  return found;
}

const stored = async (count: number) => {
  const level = new SqliteLevel(temporaryFolder());
  const keys = Array.from({ length: count }, (_, i) => `item~${String(i).padStart(4, '0')}`);
  await level.batch(keys.map((key) => ({ type: 'put', key, value: key })));
  return { level, keys };
};

describe('the store of the tables', () => {
  it('does with any changes and ranges what level does', async () => {
    const stores = [
      new SqliteLevel(temporaryFolder()),
      new Reference(temporaryFolder(), { valueEncoding: 'json' }),
    ] as const;
    // Short, so that keys meet; with letters whose order differs in UTF-8 and UTF-16.
    const key = fc.string({ unit: fc.constantFrom('a', 'b', '~', 'é', '\u{ffff}', '😀'), minLength: 1, maxLength: 3 });
    const put = fc.record({
      type: fc.constant('put' as const),
      key,
      value: fc.record({ S: fc.string({ unit: 'binary' }) }),
    });
    const changes = fc.array(fc.oneof(put, fc.record({ type: fc.constant('del' as const), key })), { maxLength: 8 });
    const lower = fc.oneof(fc.constant({}), fc.record({ gt: key }), fc.record({ gte: key }));
    const upper = fc.oneof(fc.constant({}), fc.record({ lt: key }), fc.record({ lte: key }));
    const rest = fc.record({ reverse: fc.boolean(), limit: fc.integer({ min: -1, max: 5 }) });
    await fc.assert(
      fc.asyncProperty(changes, key, lower, upper, rest, async (batch, one, from, to, more) => {
        const range = { ...from, ...to, ...more };
        const [ours, theirs] = await Promise.all(
          stores.map(async (store) => {
            const earlier = (await all(store.keys({}))) as readonly string[];
            await store.batch(earlier.map((key) => ({ type: 'del', key })));
            await store.batch(batch);
            return [await store.get(one), await all(store.keys(range)), await all(store.values(range))];
          }),
        );
        expect(ours).toEqual(theirs);
      }),
      { numRuns: 300 },
    );
    for (const store of stores) await store.close();
  });

  it.each([0, 63, 64, 65, 200])('reads %i entries, in both directions', async (count) => {
    const { level, keys } = await stored(count);
    expect(await all(level.keys())).toEqual(keys);
    expect(await all(level.values({ reverse: true }))).toEqual(keys.toReversed());
    expect(await all(level.keys({ gte: 'item~0001', lte: 'item~0150', limit: 100 }))).toEqual(keys.slice(1, 101));
    await level.close();
  });

  it('takes changes while its entries are read', async () => {
    const { level, keys } = await stored(200);
    const steps = level.keys();
    for (const key of keys) {
      expect(await steps.next()).toBe(key);
      await level.del(key);
    }
    expect(await steps.next()).toBeUndefined();
    expect(await all(level.keys())).toEqual([]);
    await level.close();
  });

  it('keeps nothing of a batch that fails', async () => {
    const { level } = await stored(1);
    const wrong = { type: 'put', key: 'b', value: undefined } as const;
    await expect(level.batch([{ type: 'put', key: 'a', value: 1 }, wrong])).rejects.toThrow();
    expect(await all(level.keys())).toEqual(['item~0000']);
    await level.put('a', 2);
    expect(await level.get('a')).toBe(2);
    await level.close();
  });
});
