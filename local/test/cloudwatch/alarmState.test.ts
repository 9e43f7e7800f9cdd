import { expect, test } from 'vitest';
import type { AlarmModel } from '../../assembly/model.ts';
import { evaluateAlarm, evaluationRange, type State } from '../../services/cloudwatch/alarmState.ts';
import { createMetricStore } from '../../services/cloudwatch/metricStore.ts';
import { statisticNamed } from '../../services/cloudwatch/statistics.ts';

const alarm = (parts: Partial<AlarmModel>): AlarmModel => ({
  name: 'test',
  queries: [],
  periodSeconds: 60,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  threshold: 0,
  comparison: 'GreaterThanThreshold',
  treatMissingData: 'missing',
  alarmActions: [],
  okActions: [],
  ...parts,
});

/** Points as AWS's tables write them, oldest first: 0 is good, X breaches, - is missing. */
const points = (row: string) =>
  row
    .split(' ')
    .map((sign) => (sign === '-' ? undefined : sign === 'X' ? 1 : 0))
    .reverse();

const CURRENT: State = 'ALARM';
const KEPT = CURRENT;

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, 3 out of 3 and 2 out of 3.
test.each([
  [3, '0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  [3, '- - - - 0', 'OK', 'OK', 'OK', 'OK'],
  [3, '- - - - -', 'INSUFFICIENT_DATA', KEPT, 'ALARM', 'OK'],
  [3, '0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [3, '- - X - -', 'ALARM', KEPT, 'ALARM', 'OK'],
  [2, '0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0 - X - -', 'ALARM', KEPT, 'ALARM', 'OK'],
  [2, '- - - - 0', 'OK', KEPT, 'ALARM', 'OK'],
  [2, '- - - X -', 'ALARM', KEPT, 'ALARM', 'OK'],
] as const)('%i out of 3 over %s', (datapointsToAlarm, row, missing, ignore, breaching, notBreaching) => {
  const verdicts = (['missing', 'ignore', 'breaching', 'notBreaching'] as const).map(
    (treatMissingData) => evaluateAlarm(alarm({ datapointsToAlarm, treatMissingData }), points(row), CURRENT).state,
  );
  expect(verdicts).toEqual([missing, ignore, breaching, notBreaching]);
});

test.each([
  ['GreaterThanThreshold', 5, 'OK'],
  ['GreaterThanOrEqualToThreshold', 5, 'ALARM'],
  ['LessThanThreshold', 5, 'OK'],
  ['LessThanOrEqualToThreshold', 5, 'ALARM'],
])('%s compares with the threshold', (comparison, value, expected) => {
  const one = alarm({ comparison, threshold: 5, evaluationPeriods: 1, datapointsToAlarm: 1 });
  expect(evaluationRange(one)).toBe(3);
  const { state, reason } = evaluateAlarm(one, [value, undefined, undefined], 'OK');
  expect(state).toBe(expected);
  expect(reason).toContain('1 out of 1 datapoints');
});

test('statistics are of the values of the window only', () => {
  let now = 0;
  const store = createMetricStore(() => now, 3_600_000);
  for (let value = 1; value <= 100; value++) {
    now = value * 1000;
    store.put('N', 'latency', { b: '2', a: '1' }, value);
  }
  const data = store.read('N', 'latency', { a: '1', b: '2' }, 0, 110_000);
  const statistic = (name: string) => (data ? statisticNamed(name)?.(data) : undefined);
  expect(['SampleCount', 'Sum', 'Average', 'Minimum', 'Maximum', 'p50', 'p99', 'p100', 'p99.9'].map(statistic)).toEqual(
    [100, 5050, 50.5, 1, 100, 50, 99, 100, 100],
  );
  expect(store.read('N', 'latency', { a: '1', b: '2' }, 60_000, 70_000)?.count).toBe(10);
  expect(store.read('N', 'latency', { a: '1' }, 0, 110_000)).toBeUndefined();
  expect([statisticNamed('tm90'), statisticNamed('p101'), statisticNamed('toString')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});

test('memory is bounded: old data and the least recent series go', () => {
  let now = 0;
  const store = createMetricStore(() => now, 60_000);
  store.put('N', 'old', {}, 1);
  now = 300_000;
  store.put('N', 'old', {}, 1);
  expect(store.read('N', 'old', {}, 0, 100_000)).toBeUndefined();
  for (let index = 0; index < 6_000; index++) store.put('N', 'm', { index: String(index) }, 1);
  expect(store.size()).toBe(5_000);
});
