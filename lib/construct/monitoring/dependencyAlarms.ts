import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { SEVERITIES } from '../../../lambdas/shared/severity.ts';
import type { AlarmSpec } from './alarmSpec.ts';
import { chunks, expression, filled, METRICS_PER_ALARM, numbered } from './expressions.ts';
import { FIVE_MINUTES } from './metrics.ts';
import type { AlarmedResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** The operations that functions use: DynamoDB counts its own errors by operation. */
export const OPERATIONS = ['GetItem', 'BatchGetItem', 'PutItem', 'UpdateItem', 'Query'] as const;
const FEWEST_ERRORS = 3;
const FEWEST_THROTTLES = 5;
/** Requests in five minutes whose lines the access log must have. */
const FEWEST_REQUESTS = 10;

/** Alarms on what the API depends on: its tables, its log, its notifications. */
export function dependencyAlarms(resources: AlarmedResources, thresholds: AlarmThresholds): readonly AlarmSpec[] {
  return [...tableAlarms(resources, thresholds), silentLog(resources), ...failedDeliveries(resources.topics)];
}

/** https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html */
function tableAlarms(
  { tables }: AlarmedResources,
  { tableErrors = FEWEST_ERRORS, tableThrottles = FEWEST_THROTTLES }: AlarmThresholds,
): readonly AlarmSpec[] {
  const names = Object.values(tables).flatMap((table) => table?.tableName ?? []);
  const errors = names.flatMap((TableName) =>
    OPERATIONS.map((Operation) => tableMetric('SystemErrors', { TableName, Operation })),
  );
  const throttles = names.flatMap((TableName) =>
    ['ReadThrottleEvents', 'WriteThrottleEvents'].map((metric) => tableMetric(metric, { TableName })),
  );
  return [
    // What fails without its table pages by itself.
    ...sums('TableErrors', errors, {
      look: 'logs --status 5xx',
      severity: 'ticket',
      description:
        'DynamoDB fails on tables of the API: deny list, clients, counters, idempotency keys. What depends on them fails or counts alone. See the health of AWS in the region; the dashboard names the table.',
      measure: 'errors of DynamoDB in five minutes',
      threshold: tableErrors,
    }),
    ...sums('TableThrottles', throttles, {
      look: 'logs --status 5xx',
      severity: 'ticket',
      description:
        'DynamoDB throttles tables of the API: one key is used too often, or the quota of the account is reached. See which table, and which client is behind it.',
      measure: 'throttled reads and writes in five minutes',
      threshold: tableThrottles,
      contributors: ['TopClients'],
    }),
  ];
}

function sums(
  id: string,
  metrics: readonly Metric[],
  text: Pick<AlarmSpec, 'severity' | 'description' | 'look' | 'measure' | 'threshold' | 'contributors'>,
): readonly AlarmSpec[] {
  return chunks(metrics, METRICS_PER_ALARM).map((chunk, index) => {
    const named = Object.fromEntries(chunk.map((metric, i) => [`m${i}`, metric]));
    const total = Object.keys(named).map(filled).join(' + ');
    return {
      ...text,
      id: numbered(id, index),
      family: id,
      metric: expression(total, { metrics: named, period: FIVE_MINUTES, label: id }),
    };
  });
}

/** The sum of a metric over five minutes. */
export function tableMetric(metricName: string, dimensionsMap: Readonly<Record<string, string>>): Metric {
  return new Metric({
    namespace: 'AWS/DynamoDB',
    metricName,
    dimensionsMap,
    statistic: Stats.SUM,
    period: FIVE_MINUTES,
  });
}

/** An alarm that reads the log is silent, too, when the log is. */
function silentLog({ stage, accessLog }: AlarmedResources): AlarmSpec {
  const lines = new Metric({
    namespace: 'AWS/Logs',
    metricName: 'IncomingLogEvents',
    dimensionsMap: { LogGroupName: accessLog.logGroupName },
    statistic: Stats.SUM,
    period: FIVE_MINUTES,
  });
  return {
    id: 'LogsSilent',
    look: 'metrics requests',
    severity: 'ticket',
    description:
      'There are requests, but the access log gets no lines: alarms on rejections are blind, and nothing can be investigated. See whether the log group and its key exist, and the role of API Gateway in the account.',
    measure: 'periods of five minutes with requests and without lines',
    metric: expression(`IF(${filled('requests')} >= ${FEWEST_REQUESTS} AND ${filled('lines')} == 0, 1, 0)`, {
      metrics: { requests: stage.metricCount({ period: FIVE_MINUTES, statistic: Stats.SUM }), lines },
      period: FIVE_MINUTES,
      label: 'Silent',
    }),
    threshold: 1,
    periods: 3,
  };
}

/** The topic that fails cannot report it, so all others do. */
function failedDeliveries(topics: AlarmedResources['topics']): readonly AlarmSpec[] {
  const metrics = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, deliveryFailures(topics[severity])] as const),
  );
  return [
    {
      id: 'DeliveriesFailed',
      severity: 'page',
      alsoNotifies: ['ticket', 'info'],
      description:
        'SNS cannot deliver notifications of alarms: an endpoint is gone, or a key denies it. Fix the recipient; until then look at the alarms on the dashboard.',
      measure: 'notifications in five minutes that were not delivered',
      metric: expression(Object.keys(metrics).map(filled).join(' + '), {
        metrics,
        period: FIVE_MINUTES,
        label: 'Failed',
      }),
      threshold: 1,
    },
  ];
}

/** https://docs.aws.amazon.com/sns/latest/dg/sns-monitoring-using-cloudwatch.html */
function deliveryFailures(topic: ITopic): Metric {
  return new Metric({
    namespace: 'AWS/SNS',
    metricName: 'NumberOfNotificationsFailed',
    dimensionsMap: { TopicName: topic.topicName },
    statistic: Stats.SUM,
    period: FIVE_MINUTES,
  });
}
