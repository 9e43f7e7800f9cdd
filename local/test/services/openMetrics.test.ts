import { request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/support/folders.ts';
import { openMetricsFaults, readMetrics } from '../../../test/support/openMetrics.ts';
import type { AlarmModel } from '../../assembly/model.ts';
import { createMetricStore, type Dimensions } from '../../services/cloudwatch/metricStore.ts';
import { startMetricsEndpoint } from '../../services/cloudwatch/openMetrics/endpoint.ts';
import { familiesOf } from '../../services/cloudwatch/openMetrics/families.ts';
import { exporterLabel, exporterName } from '../../services/cloudwatch/openMetrics/names.ts';
import { openMetricsText } from '../../services/cloudwatch/openMetrics/render.ts';

const NOW = Date.UTC(2026, 10, 29, 12);
const API = { ApiName: 'documents', Stage: 'live' };

function alarm(statistic: string, periodSeconds: number): AlarmModel {
  const metric = { namespace: 'AWS/ApiGateway', name: 'Latency', dimensions: API, statistic, periodSeconds };
  return {
    name: 'slow',
    queries: [{ id: 'm1', metric, returnData: true }],
    periodSeconds,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    threshold: 1,
    comparison: 'GreaterThanThreshold',
    treatMissingData: 'missing',
    alarmActions: [],
    okActions: [],
    insufficientDataActions: [],
  };
}

interface Put {
  readonly namespace?: string;
  readonly name?: string;
  readonly dimensions?: Dimensions;
  readonly value?: number;
  readonly secondsAgo?: number;
}

function textOf(puts: readonly Put[], alarms: readonly AlarmModel[] = []): string {
  const store = createMetricStore(() => NOW);
  for (const { namespace = 'AWS/ApiGateway', name = 'Count', dimensions = API, value = 1, secondsAgo = 1 } of puts)
    store.put(namespace, name, dimensions, value, 1, NOW - secondsAgo * 1000);
  return openMetricsText(familiesOf(store, { alarms, region: 'eu-central-1' }, NOW));
}

describe('the names of metrics', () => {
  // The first two are examples in the exporter's own tests (pkg/promutil/migrate_test.go); the others follow its code.
  it.each([
    ['AWS/ElastiCache', 'CPUUtilization', 'Average', 'aws_elasticache_cpuutilization_average'],
    ['AWS/ElastiCache', 'FreeableMemory', 'Average', 'aws_elasticache_freeable_memory_average'],
    ['Glue', 'glue.driver.aggregate.bytesRead', 'Average', 'aws_glue_driver_aggregate_bytes_read_average'],
    ['AWS/ApiGateway', '5XXError', 'Sum', 'aws_apigateway_5_xxerror_sum'],
    ['AWS/Lambda', 'Duration', 'p99', 'aws_lambda_duration_p99'],
    ['AWS/ApiGateway', 'Latency', 'PR(:300)', 'aws_apigateway_latency_pr__300_'],
    [
      'SecureApi/AccessLog',
      'Documents-Api-92B63649-Unauthorized',
      'Sum',
      'aws_secureapi_accesslog_documents_api_92_b63649_unauthorized_sum',
    ],
    ['Own', 'Größe in %', 'Sum', 'aws_own_gr__e_in__percent_sum'],
  ])('of %s %s %s are those of the exporter', (namespace, name, statistic, expected) => {
    expect(exporterName(namespace, name, statistic)).toBe(expected);
  });

  it('keep the spelling of a dimension in its label', () => {
    expect(['ApiName', 'tier', 'a b'].map(exporterLabel)).toEqual([
      'dimension_ApiName',
      'dimension_tier',
      'dimension_a_b',
    ]);
  });
});

describe('the OpenMetrics text', () => {
  it('has each statistic over the last five minutes, and counters since the start, which a kept parser reads', () => {
    const text = textOf([{ value: 2, secondsAgo: 400 }, { value: 3, secondsAgo: 200 }, { value: 5 }]);
    expect(openMetricsFaults(text)).toEqual([]);
    const metrics = readMetrics(text);
    const labels = { dimension_ApiName: 'documents', dimension_Stage: 'live', region: 'eu-central-1' };
    const value = (name: string) => metrics.get(`aws_apigateway_count_${name}`);
    expect(value('sum')).toEqual([{ value: '8', labels }]);
    expect(value('sample_count')).toEqual([{ value: '2', labels }]);
    expect(value('maximum')).toEqual([{ value: '5', labels }]);
    expect(value('total')).toEqual([{ value: '10', labels }]);
    expect(value('values_total')).toEqual([{ value: '3', labels }]);
    expect(text).toContain('# TYPE aws_apigateway_count counter');
  });

  it('has 0 for counts without data, and nothing for what has no value', () => {
    const metrics = readMetrics(textOf([{ secondsAgo: 400 }]));
    expect(metrics.get('aws_apigateway_count_sum')?.[0]?.value).toBe('0');
    expect(metrics.has('aws_apigateway_count_average')).toBe(false);
  });

  it('has the statistics and the shortest window of the alarms', () => {
    const puts = [
      { name: 'Latency', value: 100, secondsAgo: 90 },
      { name: 'Latency', value: 500 },
    ];
    const metrics = readMetrics(textOf(puts, [alarm('PR(:300)', 3600), alarm('p99', 60)]));
    expect(metrics.get('aws_apigateway_latency_pr__300_')?.[0]?.value).toBe('0');
    expect(metrics.get('aws_apigateway_latency_sample_count')?.[0]?.value).toBe('1');
    expect(metrics.get('aws_apigateway_latency_p99')?.[0]?.value).toBe('500');
  });

  it('escapes what a hostile client chose, and reads back the same', () => {
    const hostile = 'a"} 1\n# EOF\nfake{x="\\\u0000\u{1F600}\r';
    const text = textOf([{ namespace: 'Own\n# EOF', name: 'x"\n}', dimensions: { 'name"\n': hostile } }]);
    expect(openMetricsFaults(text)).toEqual([]);
    const [sample] = readMetrics(text).get('aws_own___eof_x____sum') ?? [];
    expect(sample?.labels?.['dimension_name__']).toBe(hostile);
  });

  it('keeps one of the dimensions, and of the metrics, that would share a name', () => {
    const text = textOf([
      { dimensions: { 'a-b': '1', 'a b': '2' } },
      { dimensions: { 'a b': '1' } },
      { namespace: 'Own', name: 'Count', value: -1 },
      { namespace: 'Own', name: 'Count.Total' },
    ]);
    expect(openMetricsFaults(text)).toEqual([]);
    expect(text).not.toContain('# TYPE aws_own_count counter');
  });

  it('has at most a thousand label sets of a metric, those that were written last', () => {
    const text = textOf(Array.from({ length: 1_500 }, (_, i) => ({ dimensions: { client: `client-${i}` } })));
    const sets = readMetrics(text).get('aws_apigateway_count_sum') ?? [];
    expect(sets).toHaveLength(1_000);
    expect(sets[0]?.labels?.['dimension_client']).toBe('client-1499');
  });
});

describe('the endpoint', () => {
  const closing: (() => Promise<void>)[] = [];
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
  });

  async function start(data = temporaryFolder()) {
    const endpoint = await startMetricsEndpoint(data, () => '# EOF\n');
    closing.push(endpoint.close);
    return endpoint;
  }

  const statusOf = (url: string, headers: Record<string, string>, method = 'GET') =>
    new Promise<number | undefined>((done, fail) => {
      request(url, { headers, method }, (response) => {
        response.resume();
        done(response.statusCode);
      })
        .on('error', fail)
        .end();
    });

  it('serves the media type of OpenMetrics to a scraper that does not sign', async () => {
    const { url } = await start();
    const response = await fetch(url);
    expect(response.headers.get('content-type')).toBe('application/openmetrics-text; version=1.0.0; charset=utf-8');
    expect(await response.text()).toBe('# EOF\n');
    expect(new URL(url).hostname).toBe('127.0.0.1');
  });

  it.each([
    ['another host name that leads to this machine', { host: 'evil.example' }, 'GET', 403],
    ['the script of another page', { origin: 'https://evil.example' }, 'GET', 403],
    ['an image of another page', { 'sec-fetch-site': 'cross-site' }, 'GET', 403],
    ['a person who opens it', { 'sec-fetch-site': 'none' }, 'GET', 200],
    ['a POST', {}, 'POST', 405],
  ])('has for %s the right status', async (_, headers, method, status) => {
    const { url } = await start();
    expect(await statusOf(url, headers as Record<string, string>, method)).toBe(status);
  });

  it('has only one path', async () => {
    const { url } = await start();
    expect(await statusOf(`${url}/x`, {})).toBe(404);
  });

  it('keeps its port over restarts when it is free', async () => {
    const data = temporaryFolder();
    const first = await start(data);
    await closing.pop()?.();
    const second = await start(data);
    expect(second.url).toBe(first.url);
    const third = await startMetricsEndpoint(data, () => '');
    closing.push(third.close);
    expect(third.url).not.toBe(first.url);
  });
});
