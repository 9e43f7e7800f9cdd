import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import {
  CloudWatchClient,
  GetMetricDataCommand,
  ListMetricsCommand,
  type MetricDatum,
  PutAlarmMuteRuleCommand,
  PutMetricDataCommand,
} from '@aws-sdk/client-cloudwatch';
import {
  CloudWatchLogsClient,
  FilterLogEventsCommand,
  GetQueryResultsCommand,
  StartQueryCommand,
} from '@aws-sdk/client-cloudwatch-logs';
import { AwsClient } from 'aws4fetch';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { processorMs } from '../../../test/support/processorTime.ts';
import { createClock } from '../../services/clock.ts';
import { startMonitoring } from '../../services/monitoring.ts';
import { aStack } from '../support/gateway.ts';
import { access } from '../support/services.ts';

const GROUP = '/aws/access';
const closing: (() => Promise<void>)[] = [];
let urls: Readonly<Record<string, string>>;
let cloudWatch: CloudWatchClient;
let logs: CloudWatchLogsClient;

beforeAll(async () => {
  const data = temporaryFolder();
  mkdirSync(join(data, 'logs'));
  const line = JSON.stringify({ time: '2026-11-29T10:00:00.000Z', client: 'x'.repeat(60), status: '200' });
  writeFileSync(join(data, 'logs', 'access.log'), `${line}\n`);
  const model = aStack({ logFiles: { [GROUP]: 'access' } });
  const options = { data, clock: createClock(1), access, print: () => undefined };
  ({ environment: urls } = await startMonitoring(model, options, closing));
  const settings = (service: string) => ({
    endpoint: urls[`AWS_ENDPOINT_URL_${service}`] ?? '',
    region: access.region,
    credentials: access.credentials,
    maxAttempts: 1,
  });
  cloudWatch = new CloudWatchClient(settings('CLOUDWATCH'));
  logs = new CloudWatchLogsClient(settings('CLOUDWATCH_LOGS'));
});
afterAll(async () => {
  cloudWatch.destroy();
  logs.destroy();
  for (const close of closing.reverse()) await close();
});

const put = (MetricData: readonly object[], Namespace = 'Test') =>
  cloudWatch.send(new PutMetricDataCommand({ Namespace, MetricData: MetricData as MetricDatum[] }));
const names = async () => {
  const { Metrics = [] } = await cloudWatch.send(new ListMetricsCommand({ Namespace: 'Test' }));
  return Metrics.map(({ MetricName }) => MetricName);
};

const SERVICES = [
  { service: 'monitoring', variable: 'CLOUDWATCH', target: 'GraniteServiceVersion20100801.ListMetrics' },
  { service: 'logs', variable: 'CLOUDWATCH_LOGS', target: 'Logs_20140328.DescribeLogGroups' },
  { service: 'events', variable: 'EVENTBRIDGE', target: 'AWSEvents.PutEvents' },
];

describe('a compressed body', () => {
  it('is read as the SDK sends it: PutMetricData above 10 KB', async () => {
    const start = new Date(Date.now() - 60_000);
    const data = Array.from({ length: 400 }, (_, i) => ({ MetricName: `compressed-${i}`, Value: i, Unit: 'Count' }));
    await put(data);
    expect((await names()).filter((name) => name?.startsWith('compressed-'))).toHaveLength(400);
    const Metric = { Namespace: 'Test', MetricName: 'compressed-399' };
    const { MetricDataResults = [] } = await cloudWatch.send(
      new GetMetricDataCommand({
        StartTime: start,
        EndTime: new Date(Date.now() + 60_000),
        MetricDataQueries: [{ Id: 'm1', MetricStat: { Metric, Period: 3600, Stat: 'Sum' } }],
      }),
    );
    expect(MetricDataResults[0]?.Values).toEqual([399]);
  });

  describe.each(SERVICES)('of $service', ({ service, variable, target }) => {
    const send = async (body: Buffer, encoding: string) => {
      const { credentials, region } = access;
      const signer = new AwsClient({ ...credentials, region, service, retries: 0 });
      const headers = {
        'content-type': `application/x-amz-json-1.${service === 'monitoring' ? 0 : 1}`,
        'content-encoding': encoding,
        'x-amz-target': target,
      };
      const response = await signer.fetch(urls[`AWS_ENDPOINT_URL_${variable}`] ?? '', {
        method: 'POST',
        headers,
        body: new Uint8Array(body),
      });
      return [response.status, ((await response.json()) as { readonly __type?: string }).__type];
    };

    it('is read', async () => {
      const [status, type] = await send(
        gzipSync('{"Entries":[{"Source":"a","DetailType":"b","Detail":"{}"}]}'),
        'gzip',
      );
      expect([status, type]).toEqual([200, undefined]);
    });

    it('is rejected where it becomes too large, is damaged, or has another encoding', async () => {
      const bomb = gzipSync(Buffer.alloc(200 * 1024 * 1024, 0x20), { level: 9 });
      expect(bomb.length).toBeLessThan(1024 * 1024);
      expect(await send(bomb, 'gzip')).toEqual([413, 'RequestEntityTooLargeException']);
      expect(await send(Buffer.from('{}'), 'gzip')).toEqual([400, 'SerializationException']);
      expect(await send(gzipSync('{}').subarray(0, 12), 'gzip')).toEqual([400, 'SerializationException']);
      expect(await send(gzipSync('{}'), 'br')).toEqual([400, 'SerializationException']);
      expect(await send(gzipSync(gzipSync('{}')), 'gzip, gzip')).toEqual([400, 'SerializationException']);
    });
  });
});

describe('PutMetricData', () => {
  const datum = { MetricName: 'odd', Value: 1 };
  const dimensions = (count: number) => Array.from({ length: count }, (_, i) => ({ Name: `d${i}`, Value: 'v' }));
  const days = (count: number) => new Date(Date.now() + count * 86_400_000);

  it.each<[string, object]>([
    ['NaN', { Value: Number.NaN }],
    ['an infinity', { Value: Number.POSITIVE_INFINITY }],
    ['a number above 2^360', { Value: 2 ** 361 }],
    ['a number below -2^360', { Value: -(2 ** 361) }],
    ['NaN among others', { Value: undefined, Values: [1, Number.NaN] }],
    ['too many values', { Value: undefined, Values: Array(151).fill(1) }],
    ['no values', { Value: undefined, Values: [] }],
    ['a negative count', { Value: undefined, Values: [1], Counts: [-1] }],
    ['31 dimensions', { Dimensions: dimensions(31) }],
    ['a dimension twice', { Dimensions: [...dimensions(1), ...dimensions(1)] }],
    ['a dimension of spaces', { Dimensions: [{ Name: 'd', Value: '  ' }] }],
    ['a dimension with a colon first', { Dimensions: [{ Name: ':d', Value: 'v' }] }],
    ['a dimension with a line break', { Dimensions: [{ Name: 'd', Value: 'a\nb' }] }],
    ['a long dimension', { Dimensions: [{ Name: 'd'.repeat(256), Value: 'v' }] }],
    ['a long value of a dimension', { Dimensions: [{ Name: 'd', Value: 'v'.repeat(1025) }] }],
    ['a long name', { MetricName: 'n'.repeat(256) }],
    ['a name with a control character', { MetricName: 'a\u0000b' }],
    ['another unit', { Unit: 'Bananas' }],
    ['another resolution', { StorageResolution: 7 }],
    ['a time more than two weeks ago', { Timestamp: days(-14.1) }],
    ['a time more than two hours ahead', { Timestamp: days(0.1) }],
  ])('rejects %s, and puts nothing of the request', async (_, change) => {
    await expect(put([datum, { ...datum, ...change }])).rejects.toMatchObject({
      name: 'InvalidParameterValueException',
      $metadata: { httpStatusCode: 400 },
    });
    expect(await names()).not.toContain('odd');
  });

  it.each<[string, object, string]>([
    ['neither a value nor values', { Value: undefined }, 'InvalidParameterCombinationException'],
    ['a value and values', { Values: [1] }, 'InvalidParameterCombinationException'],
    [
      'fewer counts than values',
      { Value: undefined, Values: [1, 2], Counts: [1] },
      'InvalidParameterCombinationException',
    ],
    ['no name', { MetricName: '' }, 'MissingRequiredParameterException'],
  ])('rejects %s', async (_, change, name) => {
    await expect(put([{ ...datum, ...change }])).rejects.toMatchObject({ name });
  });

  it('rejects a namespace of 256 characters, with a colon first, or without any', async () => {
    for (const namespace of ['n'.repeat(256), ':n', '\u202eabc'])
      await expect(put([datum], namespace)).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
    await expect(put([datum], '')).rejects.toMatchObject({ name: 'MissingRequiredParameterException' });
    await expect(put(Array(1001).fill(datum))).rejects.toMatchObject({ name: 'InvalidParameterValueException' });
  });

  it('takes what is just within the limits', async () => {
    await put([
      {
        MetricName: 'n'.repeat(255),
        Value: 2 ** 360,
        Unit: 'Count/Second',
        StorageResolution: 1,
        Timestamp: days(-13.9),
      },
      { MetricName: 'many', Values: Array(150).fill(1), Counts: Array(150).fill(2), Dimensions: dimensions(30) },
    ]);
    expect(await names()).toEqual(expect.arrayContaining(['n'.repeat(255), 'many']));
  });
});

describe('a mute rule', () => {
  it.each(['PT30S', 'P16D', 'PT99999999999H', 'PT1X'])('cannot have the duration %s', async (Duration) => {
    const rule = { Name: 'odd', Rule: { Schedule: { Expression: 'cron(* * * * *)', Duration, Timezone: 'UTC' } } };
    await expect(
      cloudWatch.send(new PutAlarmMuteRuleCommand({ ...rule, MuteTargets: { AlarmNames: ['a'] } })),
    ).rejects.toThrow(/Duration/);
  });
});

describe('a query of Logs Insights', () => {
  const query = async (queryString: string, more: object = {}) => {
    const range = { startTime: Date.UTC(2026, 10, 29) / 1000, endTime: Date.UTC(2026, 10, 30) / 1000 };
    const { queryId } = await logs.send(new StartQueryCommand({ logGroupName: GROUP, queryString, ...range, ...more }));
    return logs.send(new GetQueryResultsCommand({ queryId }));
  };

  it.each([
    ['brackets', `filter ${'('.repeat(4_000)}status = "200"${')'.repeat(4_000)}`],
    ['negations', `filter ${'not '.repeat(2_000)}status = "200"`],
  ])('with thousands of %s is malformed, in plain words', async (_, text) => {
    await expect(query(text)).rejects.toMatchObject({
      name: 'MalformedQueryException',
      message: 'more than 100 levels of brackets are not computed here',
    });
    expect((await query(`filter ${'('.repeat(90)}status = "200"${')'.repeat(90)}`)).results).toHaveLength(1);
  });

  it('of more than 10,000 characters is rejected, and so is a limit that is none', async () => {
    await expect(query(`fields a | # ${'x'.repeat(10_000)}`)).rejects.toMatchObject({
      name: 'InvalidParameterException',
    });
    for (const limit of [0, -1, 10_001])
      await expect(query('fields status', { limit })).rejects.toMatchObject({ name: 'InvalidParameterException' });
  });

  it('whose regular expression takes years ends as Timeout after two seconds, and others run afterwards', async () => {
    const before = Date.now();
    for (const pattern of ['(x+x+)+y', '^(x+)+$y', '(x|xx)+y'])
      expect((await query(`filter client like /${pattern}/`)).status).toBe('Timeout');
    expect(Date.now() - before).toBeLessThan(12_000);
    expect((await query('filter client like /x{60}/')).results).toHaveLength(1);
  });

  it('filters events by a pattern with many stars at once', async () => {
    const filter = (filterPattern: string) =>
      logs.send(new FilterLogEventsCommand({ logGroupName: GROUP, startTime: 0, filterPattern }));
    const taken = await processorMs(async () => {
      expect((await filter(`{ $.client = "${'*x'.repeat(30)}*y" }`)).events).toEqual([]);
      expect((await filter(`{ $.client = "x*${'x*'.repeat(30)}x" }`)).events).toHaveLength(1);
    });
    expect(taken).toBeLessThan(2_000);
    for (const pattern of [
      `{ ${'('.repeat(400)}$.a = 1${')'.repeat(400)} }`,
      `"${'x'.repeat(1_025)}"`,
      '{'.repeat(1_000),
    ]) {
      const found = await filter(pattern).catch((error: Error) => error.message);
      expect(JSON.stringify(found)).not.toMatch(/call stack/);
    }
  });
});
