import { afterEach, expect, test } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { AlarmModel } from '../../assembly/model.ts';
import { startAwsJson } from '../../services/awsJson.ts';
import { createClock } from '../../services/clock.ts';
import { type CloudWatch, type CloudWatchOptions, startCloudWatch } from '../../services/cloudwatch/start.ts';
import { aStack } from '../support/gateway.ts';
import { access, signedFetch } from '../support/services.ts';

const GROUP = '/access/documents';
const ALARM: AlarmModel = {
  name: 'certificate',
  description: 'A certificate expires.',
  queries: [
    {
      id: 'm1',
      returnData: true,
      metric: {
        namespace: 'AWS/CertificateManager',
        name: 'DaysToExpiry',
        dimensions: {},
        statistic: 'Minimum',
        periodSeconds: 60,
      },
    },
  ],
  periodSeconds: 60,
  evaluationPeriods: 1,
  datapointsToAlarm: 1,
  threshold: 30,
  comparison: 'LessThanThreshold',
  treatMissingData: 'breaching',
  alarmActions: [],
  okActions: [],
  insufficientDataActions: [],
};
const MODEL = aStack({
  region: 'eu-central-1',
  account: '111111111111',
  alarms: [ALARM],
  compositeAlarms: [
    { name: 'all', rule: 'ALARM(certificate)', alarmActions: [], okActions: [], insufficientDataActions: [] },
  ],
  dashboards: [{ name: 'Docs', body: '{"widgets":[]}' }],
  insightRules: [{ name: 'clients', enabled: true, logGroups: [GROUP], keys: ['$.client', '$.ip'], filters: [] }],
});

/** Members that a test reads one by one. */
interface Output {
  readonly MetricAlarms: readonly { readonly StateValue: string }[];
  readonly CompositeAlarms: readonly { readonly StateValue: string }[];
  readonly MetricDataResults: unknown;
  readonly AlarmHistoryItems: unknown;
}

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

async function start(speed = 1, onAction: CloudWatchOptions['onAction'] = () => undefined) {
  const clock = createClock(speed);
  const cloudWatch: CloudWatch = startCloudWatch(MODEL, {
    data: temporaryFolder(),
    clock,
    print: () => undefined,
    onAction,
  });
  closing.push(cloudWatch.close);
  const { url, close } = await startAwsJson(cloudWatch.api, access);
  closing.push(close);
  const call = async (operation: string, input: object) => {
    const headers = {
      'content-type': 'application/x-amz-json-1.0',
      'x-amz-target': `GraniteServiceVersion20100801.${operation}`,
    };
    const response = await signedFetch(url, { service: 'monitoring', headers, body: JSON.stringify(input) });
    return { status: response.status, body: (await response.json()) as Output };
  };
  return { clock, cloudWatch, call };
}

test('a report of a Contributor Insights rule has its largest contributors', async () => {
  const { cloudWatch, call, clock } = await start();
  const event = (client: string) => JSON.stringify({ client, ip: '192.0.2.1' });
  for (const client of ['a', 'b', 'b', 'c', 'b', 'a']) cloudWatch.telemetry.log(GROUP, event(client));
  const now = Math.floor(clock.now() / 1000);
  const window = { StartTime: now - 600, EndTime: now + 60, Period: 60 };
  const { status, body } = await call('GetInsightRuleReport', {
    RuleName: 'clients',
    MaxContributorCount: 2,
    ...window,
  });
  expect(status).toBe(200);
  expect(body).toEqual({
    KeyLabels: ['$.client', '$.ip'],
    AggregationStatistic: 'SampleCount',
    AggregateValue: 6,
    ApproximateUniqueCount: 3,
    Contributors: [
      { Keys: ['b', '192.0.2.1'], ApproximateAggregateValue: 3, Datapoints: [] },
      { Keys: ['a', '192.0.2.1'], ApproximateAggregateValue: 2, Datapoints: [] },
    ],
    MetricDatapoints: [],
  });
  expect(await call('GetInsightRuleReport', { RuleName: 'nobody', ...window })).toMatchObject({
    status: 400,
    body: { __type: 'ResourceNotFoundException' },
  });
});

test('a metric that nothing here measures is injected, and its alarm, which waited for data, is raised and described', async () => {
  const { call, clock } = await start(600);
  const described = async () => (await call('DescribeAlarms', { AlarmNames: ['certificate', 'all'] })).body;
  expect((await described()).MetricAlarms[0]).toMatchObject({ StateValue: 'INSUFFICIENT_DATA' });
  const datum = (name: string, parts: object) => ({ MetricName: name, ...parts });
  const data = [datum('DaysToExpiry', { Values: [90, 10], Counts: [1, 3] })];
  expect(await call('PutMetricData', { Namespace: 'AWS/CertificateManager', MetricData: data })).toEqual({
    status: 200,
    body: {},
  });
  const deadline = Date.now() + 10_000;
  while ((await described()).CompositeAlarms[0]?.StateValue !== 'ALARM' && Date.now() < deadline);
  expect(await described()).toMatchObject({
    MetricAlarms: [
      {
        AlarmName: 'certificate',
        AlarmArn: 'arn:aws:cloudwatch:eu-central-1:111111111111:alarm:certificate',
        AlarmDescription: 'A certificate expires.',
        StateValue: 'ALARM',
        StateUpdatedTimestamp: expect.any(Number),
        Threshold: 30,
        Metrics: [{ Id: 'm1', MetricStat: { Metric: { MetricName: 'DaysToExpiry' }, Stat: 'Minimum' } }],
      },
    ],
    CompositeAlarms: [{ AlarmName: 'all', AlarmRule: 'ALARM(certificate)', StateValue: 'ALARM' }],
  });
  expect((await call('DescribeAlarms', { StateValue: 'OK' })).body).toEqual({ MetricAlarms: [], CompositeAlarms: [] });
  const old = [datum('DaysToExpiry', { Value: 1, Timestamp: clock.now() / 1000 - 15 * 86_400 })];
  expect(await call('PutMetricData', { Namespace: 'N', MetricData: old })).toMatchObject({
    status: 400,
    body: { __type: 'InvalidParameterValue' },
  });
});

test('data of metrics and expressions is read, also that of the past', async () => {
  const { call, clock } = await start();
  const minute = Math.floor(clock.now() / 60_000) * 60 - 600;
  const put = (MetricName: string, Value: number, Timestamp: number) => ({
    MetricName,
    Value,
    Timestamp,
    Dimensions: [{ Name: 'ApiName', Value: 'documents' }],
  });
  const data = [put('Bad', 1, minute), put('All', 4, minute), put('All', 6, minute + 60), put('Bad', 3, minute + 61)];
  await call('PutMetricData', { Namespace: 'Own', MetricData: data });
  const query = (Id: string, MetricName: string) => ({
    Id,
    ReturnData: false,
    MetricStat: {
      Metric: { Namespace: 'Own', MetricName, Dimensions: [{ Name: 'ApiName', Value: 'documents' }] },
      Period: 60,
      Stat: 'Sum',
    },
  });
  const share = { Id: 'share', Label: 'Share', Expression: '100 * bad / all' };
  const range = { StartTime: minute - 60, EndTime: minute + 120 };
  const queries = [query('bad', 'Bad'), query('all', 'All'), share];
  expect((await call('GetMetricData', { MetricDataQueries: queries, ...range })).body.MetricDataResults).toEqual([
    { Id: 'share', Label: 'Share', StatusCode: 'Complete', Timestamps: [minute + 60, minute], Values: [50, 25] },
  ]);
  const failed = await call('GetMetricData', { MetricDataQueries: [{ Id: 'x', Expression: 'SEARCH("a")' }], ...range });
  expect(failed).toMatchObject({ status: 400, body: { __type: 'ValidationError' } });
  expect((await call('ListMetrics', { Namespace: 'Own', MetricName: 'Bad' })).body).toEqual({
    Metrics: [{ Namespace: 'Own', MetricName: 'Bad', Dimensions: [{ Name: 'ApiName', Value: 'documents' }] }],
  });
  expect(await call('DeleteAlarms', {})).toMatchObject({ status: 400, body: { __type: 'UnknownOperationException' } });
});

test('log events count in the metrics of their group', async () => {
  const { cloudWatch } = await start();
  cloudWatch.telemetry.log(GROUP, 'ä line');
  cloudWatch.telemetry.log(GROUP, '{}');
  const read = (name: string) =>
    cloudWatch.metrics.read('AWS/Logs', name, { LogGroupName: GROUP }, 0, Date.now() * 2)?.sum;
  expect([read('IncomingLogEvents'), read('IncomingBytes')]).toEqual([2, 9]);
});

test('changes of an alarm are its history, the newest first', async () => {
  const { call } = await start(600);
  await call('PutMetricData', {
    Namespace: 'AWS/CertificateManager',
    MetricData: [{ MetricName: 'DaysToExpiry', Value: 10 }],
  });
  const history = async (more: object = {}) =>
    (await call('DescribeAlarmHistory', { HistoryItemType: 'StateUpdate', AlarmName: 'certificate', ...more })).body
      .AlarmHistoryItems;
  await expect.poll(() => history(), { timeout: 10_000 }).not.toEqual([]);
  expect(await history()).toMatchObject([
    {
      AlarmName: 'certificate',
      AlarmType: 'MetricAlarm',
      HistoryItemType: 'StateUpdate',
      HistorySummary: 'Alarm updated from INSUFFICIENT_DATA to ALARM',
      Timestamp: expect.any(Number),
      HistoryData: expect.stringContaining('"stateReason":"Threshold Crossed'),
    },
  ]);
  expect(await history({ EndDate: 1 })).toEqual([]);
  expect(await history({ HistoryItemType: 'Action' })).toEqual([]);
});

test('the dashboards of the stack are listed and read', async () => {
  const { call } = await start();
  expect((await call('ListDashboards', { DashboardNamePrefix: 'Do' })).body).toEqual({
    DashboardEntries: [
      { DashboardName: 'Docs', DashboardArn: 'arn:aws:cloudwatch::111111111111:dashboard/Docs', Size: 14 },
    ],
  });
  expect((await call('ListDashboards', { DashboardNamePrefix: 'x' })).body).toEqual({ DashboardEntries: [] });
  expect((await call('GetDashboard', { DashboardName: 'Docs' })).body).toMatchObject({
    DashboardBody: '{"widgets":[]}',
  });
  expect(await call('GetDashboard', { DashboardName: 'x' })).toMatchObject({ body: { __type: 'ResourceNotFound' } });
});

test('a mute rule that a tool makes holds the actions of its alarms until it ends', async () => {
  const notified: string[] = [];
  const { clock, cloudWatch, call } = await start(1, ({ alarm, to }) => {
    if (alarm.name === 'certificate') notified.push(to);
  });
  const minute = new Date(Math.ceil(clock.now() / 60_000) * 60_000).toISOString().slice(0, 16);
  const rule = { Rule: { Schedule: { Expression: `at(${minute})`, Duration: 'PT10M' } } };
  const { status } = await call('PutAlarmMuteRule', {
    Name: 'quiet',
    ...rule,
    MuteTargets: { AlarmNames: ['certificate'] },
  });
  expect(status).toBe(200);
  cloudWatch.telemetry.metric('AWS/CertificateManager', 'DaysToExpiry', {}, 5);
  await clock.skip(5 * 60_000);
  expect(cloudWatch.alarms().find(({ name }) => name === 'certificate')?.state).toBe('ALARM');
  expect(notified).toEqual([]);
  await clock.skip(10 * 60_000);
  expect(notified).toEqual(['ALARM']);
});

test.each([
  ['no duration', { Rule: { Schedule: { Expression: 'at(2026-11-29T10:00)' } } }],
  ['an expression of another kind', { Rule: { Schedule: { Expression: 'rate(5 minutes)', Duration: 'PT10M' } } }],
  ['no alarms', { Rule: { Schedule: { Expression: 'at(2026-11-29T10:00)', Duration: 'PT10M' } }, MuteTargets: {} }],
])('a mute rule with %s is rejected', async (_, rule) => {
  const { call } = await start();
  const { status } = await call('PutAlarmMuteRule', {
    Name: 'quiet',
    MuteTargets: { AlarmNames: ['certificate'] },
    ...rule,
  });
  expect(status).toBe(400);
});

test('SetAlarmState sets the state of an alarm until its next evaluation, and its history has both changes', async () => {
  const { call } = await start();
  const set = { AlarmName: 'certificate', StateValue: 'ALARM', StateReason: 'a test' };
  expect(await call('SetAlarmState', set)).toEqual({ status: 200, body: {} });
  const described = await call('DescribeAlarms', { AlarmNames: ['certificate'] });
  expect(described.body).toMatchObject({ MetricAlarms: [{ StateValue: 'ALARM', StateReason: 'a test' }] });
  expect(await call('SetAlarmState', { ...set, AlarmName: 'x' })).toMatchObject({
    status: 400,
    body: { __type: 'ResourceNotFound' },
  });
  expect(await call('SetAlarmState', { ...set, StateValue: 'FINE' })).toMatchObject({ status: 400 });
});
