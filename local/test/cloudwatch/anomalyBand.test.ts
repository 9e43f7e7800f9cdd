import { expect, test } from 'vitest';
import type { AlarmModel } from '../../assembly/model.ts';
import { type AlarmData, alarmData } from '../../services/cloudwatch/alarmData.ts';
import { evaluateAlarm, type State } from '../../services/cloudwatch/alarmState.ts';
import { createMetricStore } from '../../services/cloudwatch/metricStore.ts';

const MINUTE = 60_000;
const DAY = 1440;
const METRIC = { namespace: 'N', name: 'requests', dimensions: {}, statistic: 'Sum', periodSeconds: 300 };

const traffic = (comparison: string, expression?: string): AlarmModel => ({
  name: 'traffic',
  queries: [
    { id: 'm0', returnData: expression === undefined, metric: METRIC },
    ...(expression === undefined ? [] : [{ id: 'e1', returnData: true, expression }]),
    {
      id: 'band',
      returnData: true,
      expression: `ANOMALY_DETECTION_BAND(${expression === undefined ? 'm0' : 'e1'}, 3)`,
    },
  ],
  periodSeconds: 300,
  evaluationPeriods: 3,
  datapointsToAlarm: 3,
  threshold: 0,
  thresholdMetricId: 'band',
  comparison,
  treatMissingData: 'missing',
  alarmActions: [],
  okActions: [],
  insufficientDataActions: [],
});

/** Requests of a minute of the day: few at night, most at noon. */
const daily = (minute: number) => Math.round(100 * (1.2 - Math.cos((2 * Math.PI * (minute % DAY)) / DAY)));

function run(
  comparison: string,
  requestsIn: (minute: number) => number,
  minutes: number,
  expression?: string,
): State[] {
  const alarm = traffic(comparison, expression);
  let minute = 0;
  const store = createMetricStore(() => minute * MINUTE);
  store.keep('N', 'requests', {}, 15 * DAY * MINUTE);
  const insights = () => () => undefined;
  const data: AlarmData = alarmData(alarm, { store, insights });
  const states: State[] = [];
  let state: State = 'INSUFFICIENT_DATA';
  for (; minute < minutes; minute++) {
    store.put('N', 'requests', {}, 1, requestsIn(minute));
    state = evaluateAlarm(alarm, data((minute + 1) * MINUTE), state).state;
    states.push(state);
  }
  return states;
}

test.each([
  ['GreaterThanUpperThreshold', 4, 'ALARM'],
  ['GreaterThanUpperThreshold', 0.1, 'OK'],
  ['LessThanLowerThreshold', 0.1, 'ALARM'],
  ['LessThanLowerThreshold', 4, 'OK'],
  ['LessThanLowerOrGreaterThanUpperThreshold', 4, 'ALARM'],
  ['LessThanLowerOrGreaterThanUpperThreshold', 0.1, 'ALARM'],
])(
  '%s: after a week, traffic × %d at noon is %s, and the same hour of other days is not',
  (comparison, factor, expected) => {
    const noon = 7 * DAY + DAY / 2;
    const states = run(comparison, (minute) => daily(minute) * (minute >= noon ? factor : 1), noon + 30);
    expect(states.at(-1)).toBe(expected);
    expect(new Set(states.slice(4 * DAY, noon))).toEqual(new Set(['OK']));
  },
);

test('without history there is no band, so a new API raises no alarm', () => {
  const states = run('LessThanLowerOrGreaterThanUpperThreshold', (minute) => (minute < 60 ? 10 : 1_000), 90);
  expect(new Set(states)).toEqual(new Set(['INSUFFICIENT_DATA']));
});

test('in the first days, the last hours are the band: a surge after half a day is found', () => {
  const states = run('GreaterThanUpperThreshold', (minute) => (minute < 720 ? 100 : 600), 760);
  expect(new Set(states.slice(300, 720))).toEqual(new Set(['OK']));
  expect(states.at(-1)).toBe('ALARM');
});

test('the time before the first data is no history, also where an expression fills it', () => {
  const filled = 'IF(FILL(m0, 0) > 600, m0, 600)';
  const states = run('GreaterThanUpperThreshold', () => 10_000, 240, filled);
  expect(new Set(states)).toEqual(new Set(['INSUFFICIENT_DATA', 'OK']));
  const surge = run('GreaterThanUpperThreshold', (minute) => (minute < 720 ? 100 : 600), 760, filled);
  expect(surge.at(-1)).toBe('ALARM');
});
