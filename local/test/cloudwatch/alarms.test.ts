import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { alarmRunner, metricAlarm, STACK, stateOf, TOPIC, until } from '../support/alarms.ts';
import { aStack } from '../support/gateway.ts';

const run = alarmRunner();

test('thirty failed logins raise their alarm, the notification is stored and printed; then the alarm returns to OK', async () => {
  const { data, printed, notifications, cloudWatch } = run(STACK, 600);
  await until(() => stateOf(cloudWatch, 'failed-logins') === 'OK');
  expect(notifications.all()).toEqual([]);
  for (let index = 0; index < 30; index++) {
    cloudWatch.telemetry.log('/access/documents', JSON.stringify({ status: '401', ip: '127.0.0.1' }));
  }
  await until(() => stateOf(cloudWatch, 'failed-logins') === 'ALARM');
  expect(notifications.all()).toHaveLength(1);
  expect(notifications.all()[0]).toMatchObject({
    topic: TOPIC.arn,
    alarm: 'failed-logins',
    oldState: 'OK',
    newState: 'ALARM',
    reason: expect.stringContaining('30'),
    subscriptions: [{ protocol: 'email', endpoint: 'ops@example.com', delivery: 'kept' }],
    message: {
      AlarmName: 'failed-logins',
      NewStateValue: 'ALARM',
      OldStateValue: 'OK',
      AWSAccountId: '111111111111',
      Trigger: { MetricName: 'documents-Unauthorized', Period: 300, Threshold: 20 },
    },
  });
  expect(printed).toEqual([expect.stringMatching(/^ALARM failed-logins \(was OK\).*ops@example\.com \(email\)/)]);
  const path = join(data, 'notifications.jsonl');
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(notifications.all()[0]);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(stateOf(cloudWatch, 'errors')).toBe('OK');
  await until(() => stateOf(cloudWatch, 'failed-logins') === 'OK');
  expect(notifications.all().map((kept) => kept['newState'])).toEqual(['ALARM', 'OK']);
});

test('time that is skipped raises an alarm and ends it, without a wait', async () => {
  const { notifications, cloudWatch, clock } = run(STACK, 1);
  await clock.skip(60_000);
  for (let index = 0; index < 30; index++) {
    cloudWatch.telemetry.log('/access/documents', JSON.stringify({ status: '401', ip: '127.0.0.1' }));
  }
  const before = clock.now();
  await clock.skip(86_400_000);
  expect(clock.now() - before).toBeGreaterThanOrEqual(86_400_000);
  expect(notifications.all().map((kept) => kept['newState'])).toEqual(['ALARM', 'OK']);
});

test('an alarm on the clock is raised from its time on, although no metric has data', async () => {
  const now = Math.floor(Date.now() / 1000);
  const due = (name: string, threshold: number) => {
    const { queries, ...rest } = metricAlarm(name, { namespace: 'AWS/ApiGateway', name: 'Count' }, { threshold });
    const metric = queries.map((query) => ({ ...query, returnData: false }));
    return { ...rest, queries: [...metric, { id: 'time', returnData: true, expression: 'EPOCH(m1)' }] };
  };
  const model = aStack({ topics: [TOPIC], alarms: [due('past', now - 86_400), due('future', now + 86_400 * 30)] });
  const { cloudWatch, notifications } = run(model, 600);
  await until(() => stateOf(cloudWatch, 'past') === 'ALARM' && stateOf(cloudWatch, 'future') === 'OK');
  expect(notifications.all().map((kept) => [kept['alarm'], kept['newState']])).toEqual([['past', 'ALARM']]);
});

test('quiet traffic raises no alarm', async () => {
  const { notifications, cloudWatch, clock } = run(STACK, 600);
  const end = clock.now() + 15 * 60_000;
  while (clock.now() < end) {
    cloudWatch.telemetry.log('/access/documents', JSON.stringify({ status: 200 }));
    cloudWatch.telemetry.log('/access/documents', JSON.stringify({ status: clock.now() % 2 < 0.01 ? 401 : 200 }));
    cloudWatch.telemetry.metric('AWS/ApiGateway', '5XXError', {}, 0);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  expect(notifications.all()).toEqual([]);
  expect(cloudWatch.alarms().map(({ state }) => state)).toEqual(['OK', 'OK']);
});

test('an alarm on EMF metrics and math is raised: the share of errors', async () => {
  const metric = (name: string) => ({
    namespace: 'SecureApi',
    name,
    dimensions: { api: 'documents' },
    statistic: 'Sum',
    periodSeconds: 60,
  });
  const share = metricAlarm(
    'share',
    { namespace: '', name: '' },
    {
      queries: [
        { id: 'bad', metric: metric('AuthorizerReject'), returnData: false },
        { id: 'good', metric: metric('AuthorizerAllow'), returnData: false },
        { id: 'share', expression: 'IF(all > 10, 100 * FILL(bad, 0) / all, 0)', returnData: true },
        { id: 'all', expression: 'SUM([bad, good])', returnData: false },
      ],
      periodSeconds: 60,
      threshold: 50,
    },
  );
  const { cloudWatch, notifications } = run(aStack({ topics: [TOPIC], alarms: [share] }), 600);
  cloudWatch.telemetry.log(
    '/aws/lambda/authorizer',
    JSON.stringify({
      _aws: {
        Timestamp: 1,
        CloudWatchMetrics: [
          {
            Namespace: 'SecureApi',
            Dimensions: [['api'], ['api', 'reason'], ['absent']],
            Metrics: [{ Name: 'AuthorizerReject', Unit: 'Count' }],
          },
        ],
      },
      api: 'documents',
      reason: 'expired',
      AuthorizerReject: Array(20).fill(1),
    }),
  );
  cloudWatch.telemetry.metric('SecureApi', 'AuthorizerAllow', { api: 'documents' }, 5);
  const read = (dimensions: Record<string, string>) =>
    cloudWatch.metrics.read('SecureApi', 'AuthorizerReject', dimensions, 0, Date.now() * 2)?.sum;
  await until(() => stateOf(cloudWatch, 'share') === 'ALARM');
  expect(notifications.all()).toHaveLength(1);
  const own = cloudWatch.metrics.list().filter(({ namespace }) => namespace === 'SecureApi');
  expect(own).toHaveLength(3);
  expect(read({})).toBeUndefined();
});
