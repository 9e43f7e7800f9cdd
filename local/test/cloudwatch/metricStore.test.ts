import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createMetricStore } from '../../services/cloudwatch/metricStore.ts';

const MINUTE_MS = 60_000;
const read = (store: ReturnType<typeof createMetricStore>, start: number, end: number) =>
  store.read('N', 'm', {}, start, end);

describe('the metric store', () => {
  it('has each value at once, repeated or not', () => {
    let now = 0;
    const store = createMetricStore(() => now);
    const counts = [1, 1, 1, 2, 1].map((value) => {
      now += 1;
      store.put('N', 'm', {}, value);
      return [read(store, 0, MINUTE_MS)?.sum, store.totals('N', 'm', {})?.count];
    });
    expect(counts).toEqual([
      [1, 1],
      [2, 2],
      [3, 3],
      [5, 4],
      [6, 5],
    ]);
  });

  it('counts a value in the time of which it is, in any order of times and reads', () => {
    const put = fc.record({
      value: fc.constantFrom(0, 1, 250),
      time: fc.integer({ min: 0, max: 300 }),
      isRead: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(put, { maxLength: 40 }), (puts) => {
        const store = createMetricStore(() => 300_000);
        const before: typeof puts = [];
        for (const each of puts) {
          store.put('N', 'm', {}, each.value, 1, each.time * 1_000);
          before.push(each);
          if (!each.isRead) continue;
          for (let minute = 0; minute < 5; minute++) {
            const expected = before.filter(({ time }) => Math.floor(time / 60) === minute);
            const found = read(store, minute * MINUTE_MS, (minute + 1) * MINUTE_MS);
            expect(found?.count ?? 0).toBe(expected.length);
            expect(found?.sum ?? 0).toBe(expected.reduce((sum, { value }) => sum + value, 0));
          }
        }
      }),
    );
  });

  it('keeps metrics apart by namespace, name and dimensions, whichever objects name them', () => {
    const store = createMetricStore(() => 0);
    const shared = { route: 'list', api: 'shop' };
    const others = (): Readonly<Record<string, string>>[] => [{}, { route: 'list' }, { route: 'shop', api: 'list' }];
    for (const dimensions of [shared, { api: 'shop', route: 'list' }, ...others(), shared])
      for (const namespace of ['N', 'O', 'N']) for (const name of ['m', 'n']) store.put(namespace, name, dimensions, 1);
    const count = (namespace: string, name: string, dimensions: Readonly<Record<string, string>>) =>
      store.read(namespace, name, dimensions, 0, MINUTE_MS)?.count;
    expect(['m', 'n'].map((name) => [count('N', name, shared), count('O', name, { ...shared })])).toEqual([
      [6, 3],
      [6, 3],
    ]);
    for (const dimensions of others())
      expect([count('N', 'm', dimensions), count('O', 'n', dimensions)]).toEqual([2, 1]);
    expect(store.size()).toBe(16);
  });

  it('knows the percentiles of repeated values', () => {
    const store = createMetricStore(() => 0);
    for (const value of [5, 5, 5, 1_234.5, 1_234.5]) store.put('N', 'm', {}, value);
    expect([...(read(store, 0, MINUTE_MS)?.values ?? [])]).toEqual([
      [5, 3],
      [1_230, 2],
    ]);
  });
});
