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
  insufficientDataActions: [],
  ...parts,
});

/** Points as AWS's tables write them, oldest first: 0 is good, X breaches, - is missing. */
const points = (row: string) =>
  row
    .split(' ')
    .map((sign) => ({ start: 0, value: sign === '-' ? undefined : sign === 'X' ? 1 : 0 }))
    .reverse();

const NO_DATA = { start: 0, value: undefined };
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
  const { state, reason } = evaluateAlarm(one, [{ start: Date.UTC(2026, 10, 29, 10), value }, NO_DATA, NO_DATA], 'OK');
  expect(state).toBe(expected);
  const verb = expected === 'ALARM' ? 'was' : 'was not';
  expect(reason).toContain(`1 out of the last 1 datapoints [5.0 (29/11/26 10:00:00)] ${verb} `);
  expect(reason).toContain(`the threshold (5.0) (minimum 1 datapoint for OK -> ${expected} transition).`);
});

test('statistics are of the values of the window only', () => {
  let now = 0;
  const store = createMetricStore(() => now);
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
  for (const unknown of ['p101', 'tm101', 'toString', 'PR(10%:)', 'PR(:)', 'TM(1:2%)', 'xx90'])
    expect(statisticNamed(unknown)).toBeUndefined();
});

// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
test.each([
  ['PR(:30)', 30],
  ['PR(30:)', 70],
  ['PR(10:30)', 20],
  ['PR(:1000)', 100],
  ['tm90', 45.5],
  ['TM(25%:75%)', 50.5],
  ['IQM', 50.5],
  ['TM(10:20)', 15.5],
  ['tc90', 90],
  ['TC(:20)', 20],
  ['ts10', 55],
  ['TS(90:)', 955],
  ['WM(10:90)', 50.4],
  ['wm50', 37.75],
])('%s of the numbers from 1 to 100 is %d', (name, expected) => {
  const store = createMetricStore(() => 0);
  for (let value = 1; value <= 100; value++) store.put('N', 'n', {}, value);
  const data = store.read('N', 'n', {}, 0, 60_000);
  expect(data && statisticNamed(name)?.(data)).toBeCloseTo(expected, 10);
});

test('a value that was seen many times is put once, and a window of a day is read from hours and minutes', () => {
  let now = 0;
  const store = createMetricStore(() => now);
  store.keep('N', 'n', {}, 86_400_000);
  for (let minute = 0; minute < 25 * 60; minute++) {
    now = minute * 60_000;
    store.put('N', 'n', {}, 2, 60_000);
  }
  const minutes = (start: number, end: number) =>
    (store.read('N', 'n', {}, start * 60_000, end * 60_000)?.sum ?? 0) / 120_000;
  expect(minutes(61, 61 + 24 * 60)).toBe(1439);
  expect(minutes(90, 150)).toBe(60);
  expect(minutes(59, 61)).toBe(2);
  expect(store.read('N', 'n', {}, 24 * 3_600_000 + 10_000, 24 * 3_600_000 + 60_000)).toBeUndefined();
});

test('memory is bounded: old data and the least recent series go', () => {
  let now = 0;
  const store = createMetricStore(() => now);
  store.put('N', 'old', {}, 1);
  now = 4 * 3_600_000;
  store.put('N', 'old', {}, 1);
  expect(store.read('N', 'old', {}, 0, 600_000)).toBeUndefined();
  for (let index = 0; index < 6_000; index++) store.put('N', 'm', { index: String(index) }, 1);
  expect(store.size()).toBe(5_000);
});
