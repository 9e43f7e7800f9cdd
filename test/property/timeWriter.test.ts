import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { timeWriter } from '../../lambdas/shared/timeWriter.ts';

/** Years of four digits, from 0 to 9999. */
const FIRST = Date.UTC(0, 0, 1) - 1_900 * 366 * 86_400_000;
const LAST = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

describe('the time of a line', () => {
  it('is that of toISOString, whatever was written before', () => {
    const write = timeWriter();
    const near = fc.tuple(fc.integer({ min: FIRST, max: LAST - 200_000 }), fc.array(fc.nat(200_000), { maxLength: 5 }));
    fc.assert(
      fc.property(near, ([start, later]) => {
        for (const time of [start, ...later.map((ms) => start + ms)]) {
          expect(write(time)).toBe(new Date(time).toISOString());
        }
      }),
      { numRuns: 300, seed: 73 },
    );
  });

  it.each([0, -1, 59_999, 60_000, 60_009, 60_010, 60_099, 60_100, Date.UTC(2026, 11, 31, 23, 59, 59, 999)])(
    'is that of toISOString at %d',
    (time) => {
      expect(timeWriter()(time)).toBe(new Date(time).toISOString());
    },
  );
});
