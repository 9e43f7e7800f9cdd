import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { InsightRuleModel } from '../../assembly/insightRuleModel.ts';
import type { Datapoint } from '../../services/cloudwatch/bucket.ts';
import { createInsightRules } from '../../services/cloudwatch/insights/insightRules.ts';
import { createMetricStore, type MetricStore } from '../../services/cloudwatch/metricStore.ts';
import { createWindowCache } from '../../services/cloudwatch/windowCache.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Seconds that pass before a value is put, how old it is then, and the windows that are read after it: few, so that some are read again. */
const steps = fc.array(
  fc.record({
    passed: fc.constantFrom(0, 10, 60, 60, 600, 3_600, 4 * 3_600),
    age: fc.constantFrom(0, 0, 0, 60, 3_000, 9_000),
    value: fc.integer({ min: 1, max: 3 }),
    reads: fc.array(
      fc.record({
        hoursAgo: fc.integer({ min: -1, max: 5 }),
        minutes: fc.constantFrom(1, 60, 60, 90, 240),
        shift: fc.constantFrom(0, 0, 0, 30 * 60, 10),
      }),
      { maxLength: 6 },
    ),
  }),
  { minLength: 2, maxLength: 20 },
);

type Step = typeof steps extends fc.Arbitrary<readonly (infer T)[]> ? T : never;

const windowsOf = (now: number, { reads }: Step): readonly (readonly [start: number, end: number])[] =>
  reads.map(({ hoursAgo, minutes, shift }) => {
    const end = (Math.floor(now / HOUR) - hoursAgo) * HOUR + shift * 1000;
    return [end - minutes * MINUTE, end];
  });

const plain = (data: Datapoint | undefined) => data && { ...data, values: [...data.values].sort(([a], [b]) => a - b) };

/** Runs the steps, and calls `read` for each window; only the last step is read where `onlyLast`. */
function run<T>(
  all: readonly Step[],
  onlyLast: boolean,
  read: (window: readonly [number, number]) => T,
  put: (now: number, step: Step) => void,
): readonly T[] {
  let now = 100 * HOUR + 30 * MINUTE;
  let found: readonly T[] = [];
  for (const [index, step] of all.entries()) {
    now += step.passed * 1000;
    put(now, step);
    if (!onlyLast || index === all.length - 1) found = windowsOf(now, step).map(read);
  }
  return found;
}

test('a metric reads the same, whatever was read before', () => {
  const last = (all: readonly Step[], onlyLast: boolean) => {
    let time = 0;
    const store: MetricStore = createMetricStore(() => time);
    return run(
      all,
      onlyLast,
      ([start, end]) => plain(store.read('N', 'n', {}, start, end)),
      (now, { age, value }) => {
        time = now;
        store.put('N', 'n', {}, value, 1, now - age * 1000);
      },
    );
  };
  fc.assert(
    fc.property(steps, (all) => {
      expect(last(all, false)).toEqual(last(all, true));
    }),
    { numRuns: 500 },
  );
});

const RULE: InsightRuleModel = {
  name: 'r',
  enabled: true,
  logGroups: ['g'],
  keys: ['$.ip'],
  filters: [],
};

test('a Contributor Insights rule reads the same, whatever was read before', () => {
  const last = (all: readonly Step[], onlyLast: boolean) => {
    const clock = { time: 0, now: () => clock.time };
    const rules = createInsightRules([RULE], clock);
    const metrics = ['Sum', 'UniqueContributors', 'MaxContributorValue'].map((name) => rules.metrics('r', name));
    return run(
      all,
      onlyLast,
      ([start, end]) => metrics.map((read) => read(start, end)),
      (now, { value }) => {
        clock.time = now;
        rules.add('g', { ip: `192.0.2.${value}` }, value);
      },
    );
  };
  fc.assert(
    fc.property(steps, (all) => {
      expect(last(all, false)).toEqual(last(all, true));
    }),
    { numRuns: 500 },
  );
});

test('a window of an hour is computed once, until data from before its end is added', () => {
  const cache = createWindowCache<string>();
  let computed = 0;
  const read = (start: number, end: number) =>
    cache.read(start, end, () => {
      computed += 1;
      return `${start}-${end}`;
    });
  expect([read(0, HOUR), read(MINUTE, HOUR + MINUTE), read(0, HOUR)]).toEqual([
    `0-${HOUR}`,
    `${MINUTE}-${HOUR + MINUTE}`,
    `0-${HOUR}`,
  ]);
  expect(computed).toBe(2);
  cache.added(HOUR + MINUTE);
  read(0, HOUR);
  expect(computed).toBe(2);
  cache.added(HOUR + MINUTE - 1);
  read(0, HOUR);
  expect(computed).toBe(3);
});

test('a window that begins before data that was dropped, or within a minute, is computed each time', () => {
  const cache = createWindowCache<number>();
  let computed = 0;
  const read = (start: number, end: number) => cache.read(start, end, () => ++computed);
  read(1000, HOUR);
  expect(read(1000, HOUR)).toBe(2);
  cache.dropped(MINUTE);
  read(0, HOUR);
  expect(read(0, HOUR)).toBe(4);
});
