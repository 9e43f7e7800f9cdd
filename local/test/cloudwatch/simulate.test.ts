import { expect, test } from 'vitest';
import { processorMs } from '../../../test/support/processorTime.ts';
import type { AlarmModel, MetricQueryModel } from '../../assembly/model.ts';
import { simulateAlarms } from '../../services/cloudwatch/simulate.ts';
import { alarmOf } from '../support/alarms.ts';
import { aStack } from '../support/gateway.ts';

const DAY = 86_400_000;
const START = Date.UTC(2026, 10, 29);
const GROUP = '/access/documents';

const alarm = (name: string, queries: readonly MetricQueryModel[], parts: Partial<AlarmModel> = {}): AlarmModel =>
  alarmOf(name, queries, {
    alarmActions: ['arn:aws:sns:eu-central-1:111111111111:page'],
    okActions: [],
    ...parts,
  });

const count = (id: string, name: string, statistic = 'Sum', periodSeconds = 300): MetricQueryModel => ({
  id,
  returnData: false,
  metric: { namespace: 'AWS/ApiGateway', name, dimensions: { ApiName: 'documents' }, statistic, periodSeconds },
});

const bySource = (id: string, hours: number, threshold: number) =>
  alarm(
    id,
    [
      {
        id: 'top',
        returnData: true,
        expression: 'INSIGHT_RULE_METRIC("documents-Unauthorized", "MaxContributorValue")',
      },
    ],
    { periodSeconds: hours * 3600, threshold },
  );

const MODEL = aStack({
  alarms: [
    bySource('burst', 1, 20),
    bySource('slow', 24, 100),
    alarm(
      'errors',
      [
        count('bad', '5XXError'),
        count('all', 'Count'),
        { id: 'share', returnData: true, expression: 'IF(all >= 10, 100 * FILL(bad, 0) / all, 0)' },
      ],
      { threshold: 5, evaluationPeriods: 3, datapointsToAlarm: 2 },
    ),
    alarm(
      'latency',
      [count('rank', 'Latency', 'PR(:300)', 3600), { id: 'slow', returnData: true, expression: '100 - rank' }],
      { periodSeconds: 3600, threshold: 1 },
    ),
  ],
  insightRules: [
    {
      name: 'documents-Unauthorized',
      enabled: true,
      logGroups: [GROUP],
      keys: ['$.ip'],
      filters: [{ match: '$.status', operator: 'In', values: ['401'] }],
    },
  ],
});

/** A day of requests, of which `bad` of a minute are rejected, from one address. */
function day(requestsPerMinute: number, bad: (minute: number) => number) {
  return simulateAlarms(MODEL, {
    from: START,
    to: START + DAY,
    put({ index, metric, log }) {
      const dimensions = { ApiName: 'documents' };
      metric('AWS/ApiGateway', 'Count', dimensions, 1, requestsPerMinute);
      metric('AWS/ApiGateway', '5XXError', dimensions, 0, requestsPerMinute);
      metric('AWS/ApiGateway', 'Latency', dimensions, 40, requestsPerMinute);
      for (let client = 0; client < 20; client++)
        log(GROUP, { status: '200', ip: `192.0.2.${client}` }, requestsPerMinute / 20);
      const rejected = bad(index);
      if (rejected > 0) log(GROUP, { status: '401', ip: '198.51.100.1' }, rejected);
    },
  });
}

test.each([1, 60, 60_000])(
  'a quiet day of %i requests a minute raises nothing, and takes seconds',
  async (requests) => {
    const taken = await processorMs(() => {
      const { notified, states } = day(requests, () => 0);
      expect(notified).toEqual([]);
      expect(states.map(({ state }) => state)).toEqual(['OK', 'OK', 'OK', 'OK']);
    });
    expect(taken).toBeLessThan(20_000);
  },
);

test.each([1, 60, 60_000])('one burst of 25 notifies once, at %i requests a minute', (requests) => {
  const { notified, topContributors } = day(requests, (minute) => (minute === 600 ? 25 : 0));
  expect(notified.map(({ alarm: { name }, at }) => `${name} ${at}`)).toEqual(['burst 2026-11-29T10:01:00.000Z']);
  expect(topContributors('documents-Unauthorized', START, START + DAY, 5)).toEqual([
    { keys: ['198.51.100.1'], count: 25, sum: 25 },
  ]);
});

test('one rejected request each ten minutes, which no fast window sees, is found within the day', () => {
  const { notified } = day(60, (minute) => (minute % 10 === 0 ? 1 : 0));
  expect(notified.map(({ alarm: { name }, reason }) => [name, reason])).toEqual([
    ['slow', expect.stringContaining('[100.0 ')],
  ]);
});
