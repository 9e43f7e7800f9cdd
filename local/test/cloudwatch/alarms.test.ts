import { appendFileSync, existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { AlarmModel, StackModel } from '../../assembly/model.ts';
import { createClock } from '../../services/clock.ts';
import { inspectAlarms } from '../../services/cloudwatch/inspect.ts';
import { type CloudWatch, startCloudWatch } from '../../services/cloudwatch/start.ts';
import { createNotifications, type Notifications } from '../../services/sns/notifications.ts';
import { aStack } from '../support/gateway.ts';

const TOPIC = {
  arn: 'arn:aws:sns:eu-central-1:111111111111:alarms',
  name: 'alarms',
  subscriptions: [{ protocol: 'email', endpoint: 'ops@example.com' }],
};

const metricAlarm = (
  name: string,
  metric: { namespace: string; name: string },
  parts: Partial<AlarmModel> = {},
): AlarmModel => ({
  name,
  queries: [
    { id: 'm1', returnData: true, metric: { ...metric, dimensions: {}, statistic: 'Sum', periodSeconds: 300 } },
  ],
  periodSeconds: 300,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 20,
  comparison: 'GreaterThanOrEqualToThreshold',
  treatMissingData: 'notBreaching',
  alarmActions: [TOPIC.arn],
  okActions: [TOPIC.arn],
  insufficientDataActions: [],
  ...parts,
});

const LOGINS = metricAlarm('failed-logins', { namespace: 'SecureApi/AccessLog', name: 'documents-Unauthorized' });
const STACK = aStack({
  topics: [TOPIC],
  alarms: [LOGINS, metricAlarm('errors', { namespace: 'AWS/ApiGateway', name: '5XXError' })],
  metricFilters: [
    {
      logGroup: '/access/documents',
      pattern: '{ $.status = 401 }',
      transformations: [
        {
          namespace: 'SecureApi/AccessLog',
          name: 'documents-Unauthorized',
          value: '1',
          defaultValue: 0,
          dimensions: {},
        },
      ],
    },
  ],
});

const running: CloudWatch[] = [];
afterEach(async () => {
  for (const cloudWatch of running.splice(0)) await cloudWatch.close();
});

function run(model: StackModel, speed: number, data = temporaryFolder()) {
  const printed: string[] = [];
  const print = (line: string) => void printed.push(line);
  const notifications: Notifications = createNotifications(model, data, print);
  const clock = createClock(speed);
  const cloudWatch = startCloudWatch(model, { data, clock, print, onAction: notifications.notify });
  running.push(cloudWatch);
  return { data, printed, notifications, cloudWatch, clock };
}

const until = async (condition: () => boolean) => {
  const deadline = Date.now() + 20_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not happen in 20 s');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
};

const stateOf = (cloudWatch: CloudWatch, name: string) =>
  cloudWatch.alarms().find((alarm) => alarm.name === name)?.state;

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

test('an event in the embedded metric format is read however the name of its member is written', () => {
  const { cloudWatch } = run(aStack(), 1);
  const metrics = [{ Namespace: 'Own', Dimensions: [[]], Metrics: [{ Name: 'n' }] }];
  const document = JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics: metrics }, n: 2 });
  for (const text of [document, document.replace('_aws', '\\u005faws'), document.replace('_aws', '_other')])
    cloudWatch.telemetry.log('/group', text);
  expect(cloudWatch.metrics.totals('Own', 'n', {})).toMatchObject({ count: 2, sum: 4 });
});

test('what cannot be emulated is named, and such an alarm stays INSUFFICIENT_DATA', async () => {
  const metric = { namespace: 'SecureApi', name: 'x', dimensions: {}, statistic: 'Sum', periodSeconds: 60 };
  const expression = (id: string, text: string) =>
    metricAlarm(
      id,
      { namespace: '', name: '' },
      {
        queries: [
          { id: 'm1', metric, returnData: false },
          { id: 'e1', expression: text, returnData: true },
        ],
      },
    );
  const model = aStack({
    topics: [TOPIC],
    alarms: [
      LOGINS,
      expression('band', 'ANOMALY_DETECTION_BAND(m1, 2)'),
      expression('nobody', 'INSIGHT_RULE_METRIC("nobody", "Sum")'),
      expression('loop', 'e1 + 1'),
      expression('unknown', 'm1 + m9'),
      metricAlarm('tm', metric, {
        queries: [{ id: 'm1', metric: { ...metric, statistic: 'tm900' }, returnData: true }],
      }),
      metricAlarm(
        'certificate',
        { namespace: 'AWS/CertificateManager', name: 'DaysToExpiry' },
        { treatMissingData: 'breaching' },
      ),
      metricAlarm('anomaly', metric, { comparison: 'GreaterThanUpperThreshold' }),
      metricAlarm('other-action', metric, { alarmActions: ['arn:aws:automate:eu-central-1:ec2:stop'] }),
    ],
    metricFilters: [{ logGroup: '/g', pattern: '[a, b]', transformations: [] }],
    insightRules: [{ name: 'any', enabled: true, logGroups: ['/g'], keys: ['$.a[*]'], filters: [] }],
  });
  const found = inspectAlarms(model).map(({ resource, detail }) => `${resource}: ${detail}`);
  expect(found).toEqual([
    expect.stringMatching(/^band: .*array of time series/),
    expect.stringMatching(/^nobody: .*no Contributor Insights rule nobody/),
    expect.stringMatching(/^loop: .*refers to itself/),
    expect.stringMatching(/^unknown: .*m9/),
    expect.stringMatching(/^tm: .*tm900/),
    expect.stringMatching(/^certificate: .*AWS\/CertificateManager/),
    expect.stringMatching(/^anomaly: .*GreaterThanUpperThreshold/),
    expect.stringMatching(/^other-action: its action .* is not performed/),
    expect.stringMatching(/^\/g: .*\[a, b\]/),
    expect.stringMatching(/^any: it counts nothing: wildcards/),
  ]);
  const { cloudWatch, notifications } = run(model, 3_000);
  await until(() => stateOf(cloudWatch, 'failed-logins') === 'OK');
  expect(stateOf(cloudWatch, 'certificate')).toBe('INSUFFICIENT_DATA');
  expect(notifications.all()).toEqual([]);
});

test('logs are in the file of their group within 200 ms or so, and all of them at close', async () => {
  const { data, cloudWatch } = run(STACK, 1);
  cloudWatch.telemetry.log('/aws/lambda/a', '{"first":1}\n');
  const path = join(data, 'logs', 'aws_lambda_a.log');
  await until(() => existsSync(path) && readFileSync(path, 'utf8') !== '');
  expect(readFileSync(path, 'utf8')).toBe('{"first":1}\n');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  for (let index = 0; index < 1000; index++) cloudWatch.telemetry.log('/aws/lambda/a', `line ${index}`);
  cloudWatch.telemetry.log('../../outside', 'stays inside');
  await cloudWatch.close();
  expect(readFileSync(path, 'utf8').split('\n')).toHaveLength(1002);
  expect(existsSync(join(data, 'logs', '__.._outside.log'))).toBe(true);
});

test('stored notifications are there after a restart, even when the last line was torn', async () => {
  const data = temporaryFolder();
  const model = aStack({ topics: [TOPIC], alarms: [LOGINS] });
  const transition = {
    alarm: LOGINS,
    from: 'OK',
    to: 'ALARM',
    reason: 'r',
    at: '2026-01-01T00:00:00Z',
    first: false,
  } as const;
  createNotifications(model, data, () => {}).notify(transition);
  appendFileSync(join(data, 'notifications.jsonl'), '{"torn":');
  const again = createNotifications(model, data, () => {});
  expect(again.all()).toHaveLength(1);
  again.notify(transition);
  expect(createNotifications(model, data, () => {}).all()).toHaveLength(2);
});
