import { expect, test } from 'vitest';
import type { InsightFilter, InsightRuleModel } from '../../assembly/insightRuleModel.ts';
import { createInsightRules } from '../../services/cloudwatch/insights/insightRules.ts';

const MINUTE = 60_000;
const GROUP = '/access/documents';

const rule = (parts: Partial<InsightRuleModel> = {}): InsightRuleModel => ({
  name: 'rejected',
  enabled: true,
  logGroups: [GROUP],
  keys: ['$.client', '$.ip'],
  filters: [{ match: '$.status', operator: 'In', values: ['401', '403'] }],
  ...parts,
});

const event = (client: string, parts: object = {}) => ({ client, ip: '192.0.2.1', status: '401', ...parts });

test('a rule reports its largest contributors and its metrics over any window', () => {
  let now = 10 * MINUTE;
  const rules = createInsightRules([rule()], { now: () => now });
  rules.add(GROUP, event('a'), 3);
  rules.add(GROUP, event('b'), 1);
  rules.add(GROUP, event('b', { status: '200' }), 100);
  rules.add(GROUP, { ip: '192.0.2.1', status: '401' }, 100);
  rules.add('/another', event('b'), 100);
  now = 11 * MINUTE;
  rules.add(GROUP, event('b'), 5);
  const metric = (name: string, from: number, to: number) =>
    rules.metrics('rejected', name)(from * MINUTE, to * MINUTE);
  expect(metric('MaxContributorValue', 10, 11)).toBe(3);
  expect(metric('MaxContributorValue', 10, 12)).toBe(6);
  expect(metric('UniqueContributors', 10, 12)).toBe(2);
  expect(metric('UniqueContributors', 11, 12)).toBe(1);
  expect(metric('SampleCount', 10, 12)).toBe(9);
  expect(metric('Sum', 10, 12)).toBe(9);
  expect(metric('Sum', 12, 13)).toBeUndefined();
  expect(rules.topContributors('rejected', 10 * MINUTE, 12 * MINUTE, 1)).toEqual([
    { keys: ['b', '192.0.2.1'], count: 6, sum: 6 },
  ]);
  expect(rules.topContributors('nobody', 0, MINUTE, 1)).toEqual([]);
  expect(() => rules.metrics('nobody', 'Sum')).toThrow('no Contributor Insights rule nobody');
  expect(() => rules.metrics('rejected', 'Median')).toThrow('no metric Median');
});

test('an hour of the last day is counted from any minute on, as an alarm reads it', () => {
  let now = 0;
  const rules = createInsightRules([rule()], { now: () => now });
  for (; now < 24 * 60 * MINUTE; now += MINUTE) rules.add(GROUP, event('a'), 3);
  const hours = Array.from({ length: 22 }, (_, hour) => (60 * hour + 41) * MINUTE);
  const most = rules.metrics('rejected', 'MaxContributorValue');
  expect(hours.map((start) => most(start, start + 60 * MINUTE))).toEqual(hours.map(() => 180));
});

test('a rule that aggregates on Sum adds up a member, and a disabled rule counts nothing', () => {
  const models = [rule({ keys: ['$.client'], filters: [], sumOf: '$.bytes' }), rule({ name: 'off', enabled: false })];
  const rules = createInsightRules(models, { now: () => 0 });
  rules.add(GROUP, event('a', { bytes: 100 }), 2);
  rules.add(GROUP, event('a', { bytes: '50' }), 1);
  rules.add(GROUP, event('b', { bytes: 'many' }), 1);
  const metric = (name: string) => rules.metrics('rejected', name)(0, MINUTE);
  expect(['MaxContributorValue', 'Minimum', 'Maximum', 'SampleCount', 'UniqueContributors'].map(metric)).toEqual([
    250, 50, 100, 3, 1,
  ]);
  expect(metric('Average')).toBeCloseTo(250 / 3);
  expect(rules.metrics('off', 'Sum')(0, MINUTE)).toBeUndefined();
});

test.each<[InsightFilter, object, boolean]>([
  [{ match: '$.a', operator: 'In', values: ['x', 'y'] }, { a: 'y' }, true],
  [{ match: '$.a', operator: 'In', values: ['x', 'y'] }, { a: 'Y' }, false],
  [{ match: '$.a', operator: 'NotIn', values: ['-', ''] }, { a: 'x' }, true],
  [{ match: '$.a', operator: 'NotIn', values: ['-', ''] }, { a: '-' }, false],
  [{ match: '$.a', operator: 'StartsWith', values: ['ec', 'ab'] }, { a: 'abc' }, true],
  [{ match: '$.a', operator: 'StartsWith', values: ['b'] }, { a: 'abc' }, false],
  [{ match: '$.a', operator: 'GreaterThan', value: 399 }, { a: '404' }, true],
  [{ match: '$.a', operator: 'GreaterThan', value: 399 }, { a: '' }, false],
  [{ match: '$.a', operator: 'LessThan', value: 500 }, { a: 500 }, false],
  [{ match: '$.a', operator: 'EqualTo', value: 401 }, { a: '401' }, true],
  [{ match: '$.a', operator: 'NotEqualTo', value: 401 }, { a: 400 }, true],
  [{ match: '$.a', operator: 'NotEqualTo', value: 401 }, { a: 'none' }, false],
  [{ match: '$.a.b', operator: 'IsPresent', present: true }, { a: { b: 1 } }, true],
  [{ match: '$.a', operator: 'IsPresent', present: true }, { a: { b: 1 } }, false],
  [{ match: '$.a', operator: 'IsPresent', present: false }, {}, true],
])('the filter %o of %o: %s', (filter, parts, counts) => {
  const rules = createInsightRules([rule({ keys: ['$.client'], filters: [filter] })], { now: () => 0 });
  rules.add(GROUP, event('a', parts), 1);
  expect(rules.metrics('rejected', 'Sum')(0, MINUTE)).toBe(counts ? 1 : undefined);
});

test('a window of a day counts from its full hour, and a slow contributor is found in it', () => {
  let now = 0;
  const rules = createInsightRules([rule({ keys: ['$.client'] })], { now: () => now });
  for (let minute = 0; minute < 25 * 60; minute++) {
    now = minute * MINUTE;
    rules.add(GROUP, event('slow'), 1);
    rules.add(GROUP, event(`once-${minute}`), 1);
  }
  const largest = rules.metrics('rejected', 'MaxContributorValue');
  expect(largest(60 * MINUTE, 25 * 60 * MINUTE)).toBe(24 * 60);
  expect(largest(90 * MINUTE, 24.5 * 60 * MINUTE)).toBe(24 * 60);
  expect(rules.topContributors('rejected', 0, 25 * 60 * MINUTE, 1)[0]?.keys).toEqual(['slow']);
});

test('a hundred thousand addresses in a minute hide no large contributor, and are all counted', () => {
  const rules = createInsightRules([rule({ keys: ['$.client'] })], { now: () => 0 });
  for (let index = 0; index < 100_000; index++) {
    rules.add(GROUP, event(`address-${index}`), 1);
    if (index % 100 === 0) rules.add(GROUP, event('large'), 1);
  }
  expect(rules.metrics('rejected', 'MaxContributorValue')(0, MINUTE)).toBe(1_000);
  expect(rules.metrics('rejected', 'Sum')(0, MINUTE)).toBe(101_000);
  expect(rules.metrics('rejected', 'UniqueContributors')(0, MINUTE)).toBe(100_001);
});

test('after an update, a rule with the same definition goes on, and another one starts', () => {
  const rules = createInsightRules([rule(), rule({ name: 'gone' })], { now: () => 0 });
  rules.add(GROUP, event('a'), 1);
  const kept = rules.metrics('rejected', 'Sum');
  rules.update([rule(), rule({ name: 'new' })]);
  rules.add(GROUP, event('a'), 1);
  expect(kept(0, MINUTE)).toBe(2);
  expect(rules.metrics('new', 'Sum')(0, MINUTE)).toBe(1);
  expect(() => rules.metrics('gone', 'Sum')).toThrow();
});
