import { expect, test } from 'vitest';
import { compileMath, type References } from '../../services/cloudwatch/math/compile.ts';
import { parseMath } from '../../services/cloudwatch/math/parse.ts';
import type { Point, Range, Series, Value } from '../../services/cloudwatch/math/series.ts';

/** Metrics over five minutes, oldest first; the newest minute starts at 2027-01-30 00:00 UTC, a Saturday. */
const METRICS: Readonly<Record<string, readonly Point[]>> = {
  a: [6, 6, 6, 6, 6],
  b: [3, 3, 3, 3, 3],
  zero: [0, 0, 0, 0, 0],
  gone: [undefined, undefined, undefined, undefined, undefined],
  m_1: [10, 10, 10, 10, 10],
  rising: [1, 4, undefined, 16, 10],
  late: [5, undefined, undefined, 11, undefined],
  // The tables of the documentation, oldest first, with a datapoint more.
  metric1: [30, 20, 0, 0, 1],
  metric2: [20, undefined, 20, undefined, undefined],
  condition: [1, 1, 0, 0, undefined],
  yes: [30, undefined, 0, 0, 30],
  no: [0, 0, 20, undefined, 20],
};

const END = Date.UTC(2027, 0, 30, 0, 1);
const RANGE: Range = { end: END, periodMs: 60_000, length: 5 };

const metric =
  (id: string): Series =>
  (_, index) =>
    METRICS[id]?.[4 - index];
const references: References = {
  query: (id) => {
    if (METRICS[id] === undefined) throw Object.assign(new Error(id), { code: 'metric-math' });
    return { value: { kind: 'series', at: metric(id) }, isMetric: true };
  },
  metrics: (part) => ['a', 'b', 'm_1'].filter((id) => id.includes(part)).map(metric),
  insight: (rule, name) => () => rule.length * 100 + name.length,
  band: (id, width) => [(range, index) => (metric(id)(range, index) ?? 0) + width, () => 0],
};

const pointOf = (value: Value, index: number): Point => {
  if (value.kind === 'list') throw new Error('an array');
  return value.kind === 'series' ? value.at(RANGE, index) : value.at(RANGE);
};
const compile = (expression: string) => compileMath(parseMath(expression), references);
const compute = (expression: string) => pointOf(compile(expression), 0);
const row = (expression: string) => [4, 3, 2, 1, 0].map((index) => pointOf(compile(expression), index));

test.each([
  ['a + b * 2', 12],
  ['(a + b) * 2', 18],
  ['a - b - 1', 2],
  ['a / b / 2', 1],
  ['-a + 10', 4],
  ['b ^ 2 * 2', 18],
  ['-b ^ 2', -9],
  ['100 * a / m_1', 60],
  ['1.5e2', 150],
  ['a > b', 1],
  ['a <= b', 0],
  ['a == 6 AND b != 6', 1],
  ['a < 1 || b < 1', 0],
  ['IF(m_1 > 5, a, b)', 6],
  ['IF(m_1 > 50, a, b)', 3],
  ['IF(zero, a)', undefined],
  ['IF(m_1 > 5, 100 * a / m_1, 0)', 60],
  ['FILL(gone, 7)', 7],
  ['FILL(gone, b)', 3],
  ['FILL(a, 7)', 6],
  ['SUM([a, b, gone])', 9],
  ['SUM([FILL(gone, 0), b])', 3],
  ['SUM([a, b] * 2)', 18],
  ['SUM(100 / [a, b])', 50],
  ['AVG([a, b])', 4.5],
  ['AVG([a, gone])', 3],
  ['MAX([a, b])', 6],
  ['MIN([a, b])', 3],
  ['STDDEV([a, b])', 1.5],
  ['SUM([gone])', undefined],
  ['SUM(METRICS())', 19],
  ['SUM(METRICS("m"))', 10],
  ["SUM([METRICS('a'), METRICS('b')])", 9],
  ['METRIC_COUNT(METRICS())', 3],
  ['SUM(rising)', 31],
  ['a - AVG(rising)', 6 - 31 / 4],
  ['MAX(rising)', 16],
  ['DATAPOINT_COUNT(rising)', 4],
  ['RUNNING_SUM(rising)', 31],
  ['RATE(rising)', -0.1],
  ['DIFF(rising)', -6],
  ['ABS(DIFF(rising))', 6],
  ['ABS(b - a)', 3],
  ['CEIL(a / 4)', 2],
  ['FLOOR(a / 4)', 1],
  ['LOG10(m_1 * 10)', 2],
  ['PERIOD(a)', 60],
  ['TIME_SERIES(5 * MAX(rising))', 80],
  ['FIRST([a, b])', 6],
  ['LAST(ANOMALY_DETECTION_BAND(a))', 0],
  ['FIRST(ANOMALY_DETECTION_BAND(a, 4)) - a', 4],
  ['INSIGHT_RULE_METRIC("documents-TopClients", "Sum")', 2003],
  ["INSIGHT_RULE_METRIC('documents-TopClients', UniqueContributors)", 2018],
  ['EPOCH(gone)', END / 1000 - 60],
  [`IF(EPOCH(a) >= ${END / 1000 - 60}, 1, 0)`, 1],
  ['DAY(gone)', 6],
  ['MONTH(a) * 100 + DATE(a)', 130],
  ['HOUR(a) + MINUTE(a) + YEAR(a)', 2027],
  ['a + gone', 6],
  ['gone + 1', undefined],
  ['a / zero', undefined],
  ['a / gone', undefined],
  ['gone / a', 0],
  ['IF(gone > 1, a, b)', undefined],
])('%s is %s', (expression, expected) => expect(compute(expression)).toBe(expected));

test.each([
  ['metric1 < metric2', [0, 0, 1, 0, 0]],
  ['metric1 >= 30', [1, 0, 0, 0, 0]],
  ['metric1 > 15 AND metric2 > 15', [1, 0, 0, 0, 0]],
  ['IF(condition, yes, no)', [30, 0, 20, undefined, undefined]],
  ['IF(condition, 5, no)', [5, 5, 20, undefined, undefined]],
  ['IF(condition, yes, 5)', [30, 0, 5, 5, undefined]],
  ['FILL(late, REPEAT)', [5, 5, 5, 11, 11]],
  ['FILL(late, LINEAR)', [5, 7, 9, 11, undefined]],
  ['RATE(rising) * 60', [undefined, 3, undefined, 6, -6]],
  ['DIFF_TIME(rising)', [undefined, 60, undefined, 120, 60]],
  ['RUNNING_SUM(rising)', [1, 5, undefined, 21, 31]],
  ['MINUTE(gone)', [56, 57, 58, 59, 0]],
])('%s over five minutes', (expression, expected) => expect(row(expression)).toEqual(expected));

test.each([
  'SEARCH("{AWS/Lambda} Errors", "Sum")',
  'SORT(METRICS(), SUM, DESC)',
  'a +',
  '(a',
  'a b',
  'IF(a)',
  'MIN(a, b)',
  'SUM(5)',
  'FILL(5, 1)',
  'TIME_SERIES(a)',
  'IF(a, [a, b], b)',
  'ANOMALY_DETECTION_BAND([a, b])',
  'PERIOD(a + b)',
  '"a" + 1',
  'a + nowhere',
  '',
])('%s is rejected with a reason', (expression) => {
  expect(() => compile(expression)).toThrow(expect.objectContaining({ code: 'metric-math' }));
});
