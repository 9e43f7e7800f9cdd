import { expect, test } from 'vitest';
import type { AlarmModel } from '../../assembly/model.ts';
import { type AlarmData, alarmData } from '../../services/cloudwatch/alarmData.ts';
import { evaluateAlarm, type State } from '../../services/cloudwatch/alarmState.ts';
import { createMetricStore } from '../../services/cloudwatch/metricStore.ts';

const MINUTE = 60_000;
const DAY = 1440;
const METRIC = { namespace: 'N', name: 'requests', dimensions: {}, statistic: 'Sum', periodSeconds: 300 };

const traffic = (comparison: string): AlarmModel => ({
  name: 'traffic',
  queries: [
    { id: 'm0', returnData: true, metric: METRIC },
    { id: 'band', returnData: true, expression: 'ANOMALY_DETECTION_BAND(m0, 3)' },
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

function run(comparison: string, requestsIn: (minute: number) => number, minutes: number): State[] {
  let minute = 0;
  const store = createMetricStore(() => minute * MINUTE);
  store.keep('N', 'requests', {}, 15 * DAY * MINUTE);
  const insights = () => () => undefined;
  const data: AlarmData = alarmData(traffic(comparison), { store, insights });
  const states: State[] = [];
  let state: State = 'INSUFFICIENT_DATA';
  for (; minute < minutes; minute++) {
    store.put('N', 'requests', {}, 1, requestsIn(minute));
    state = evaluateAlarm(traffic(comparison), data((minute + 1) * MINUTE), state).state;
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
