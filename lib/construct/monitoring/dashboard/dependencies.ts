import { type IMetric, type IWidget, Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SEVERITIES } from '../../../../lambdas/shared/severity.ts';
import { OPERATIONS, tableMetric } from '../dependencyAlarms.ts';
import { FIVE_MINUTES } from '../metrics.ts';
import { alarmLines, thresholdsOf } from './alarmLines.ts';
import type { DashboardParts } from './parts.ts';
import { type Draft, graph, MOST_LINES, percentiles, rows, titleOf } from './widgets.ts';

/** What the API depends on: its functions, its tables, its log, its notifications. */
export function dependenciesSection(parts: DashboardParts): readonly IWidget[] {
  return [...rows(functionGraphs(parts), 2), ...rows(tableGraphs(parts), 2), ...rows(deliveryGraphs(parts), 2)];
}

/** The functions of an API with the names that people know them by. */
export function namedFunctions(parts: DashboardParts): readonly (readonly [string, LambdaFunction])[] {
  const { authorizer, functions, triggers, usage, rotation, canary, routeCanary, notifier } = parts;
  const jobs = { usage, rotation, canary, 'canary of a route': routeCanary, notifier };
  return [
    ['authorizer', authorizer],
    ...Object.entries(functions),
    ...triggers.map((fn, i) => [i === 0 ? 'sign-in' : `sign-in ${i + 1}`, fn] as const),
    ...Object.entries(jobs).flatMap(([name, fn]) => (fn === undefined ? [] : [[name, fn] as const])),
  ];
}

function functionGraphs(parts: DashboardParts): readonly Draft[] {
  const { authorizer, functions, specs } = parts;
  const named = namedFunctions(parts);
  const of = (metric: string, statistic: string) =>
    named.map(([label, fn]) => fn.metric(metric, { statistic, period: FIVE_MINUTES, label }));
  const drawn = (title: string, lines: readonly IMetric[], more = {}) =>
    graph({ title: titleOf(title, lines), lines, ...more });
  // The authorizer throws to return 401, so each invalid token is an error there.
  const errors = of('Errors', Stats.SUM).slice(1);
  return [
    drawn('Crashes and time-outs of functions', errors, {
      thresholds: thresholdsOf(ofFamily(specs, 'FunctionErrors')),
    }),
    drawn('Throttled invocations of functions', of('Throttles', Stats.SUM), {
      thresholds: thresholdsOf(ofFamily(specs, 'FunctionThrottles')),
    }),
    ...(Object.keys(functions).length > MOST_LINES
      ? []
      : [drawn('Duration p99 of functions', of('Duration', 'p99'), { unit: 'ms' })]),
    drawn('Concurrent executions of functions', of('ConcurrentExecutions', Stats.MAXIMUM)),
    graph({
      title: 'Duration of the authorizer',
      lines: percentiles((statistic) => authorizer.metricDuration({ statistic })),
      thresholds: thresholdsOf(ofFamily(specs, 'AuthorizerSlow')),
      unit: 'ms',
    }),
    graph({
      title: 'Concurrent executions of the account',
      ...alarmLines(specs, ['Concurrency'], () => 'all functions'),
    }),
  ];
}

function tableGraphs({ tables, specs }: DashboardParts): readonly Draft[] {
  const named = namedTables(tables);
  if (named.length === 0) return [];
  const latencies = named.flatMap(([label, TableName]) =>
    OPERATIONS.map((Operation) =>
      tableMetric('SuccessfulRequestLatency', { TableName, Operation }).with({
        statistic: Stats.AVERAGE,
        label: `${label} ${Operation}`,
      }),
    ),
  );
  const throttles = named.flatMap(([label, TableName]) =>
    (['Read', 'Write'] as const).map((kind) =>
      tableMetric(`${kind}ThrottleEvents`, { TableName }).with({ label: `${label}, ${kind.toLowerCase()}s` }),
    ),
  );
  const errors = named.flatMap(([label, TableName]) =>
    OPERATIONS.map((Operation) =>
      tableMetric('SystemErrors', { TableName, Operation }).with({ label: `${label} ${Operation}` }),
    ),
  );
  return [
    graph({ title: titleOf('Latency of tables, by operation', latencies), lines: latencies, unit: 'ms' }),
    graph({
      title: titleOf('Errors of tables, by operation', errors),
      lines: errors,
      thresholds: thresholdsOf(ofFamily(specs, 'TableErrors')),
    }),
    graph({
      title: titleOf('Throttled reads and writes of tables', throttles),
      lines: throttles,
      thresholds: thresholdsOf(ofFamily(specs, 'TableThrottles')),
    }),
  ];
}

/** Tables by what they hold, such as `idempotency keys`. */
export function namedTables(tables: DashboardParts['tables']): readonly (readonly [string, string])[] {
  return Object.entries(tables).flatMap(([name, table]) => {
    return table === undefined
      ? []
      : [[name.replaceAll(/[A-Z]/g, (capital) => ` ${capital.toLowerCase()}`), table.tableName] as const];
  });
}

function deliveryGraphs(parts: DashboardParts): readonly Draft[] {
  const { specs, topics, certificate, usage, canary, routeCanary } = parts;
  const of = (metricName: string, severity: (typeof SEVERITIES)[number], label: string) =>
    new Metric({
      namespace: 'AWS/SNS',
      metricName,
      dimensionsMap: { TopicName: topics[severity].topicName },
      statistic: Stats.SUM,
      period: FIVE_MINUTES,
      label,
    });
  const deliveries = SEVERITIES.flatMap((severity) => [
    of('NumberOfNotificationsDelivered', severity, `${severity}, delivered`),
    of('NumberOfNotificationsFailed', severity, `${severity}, failed`),
  ]);
  const single = (title: string, ids: readonly string[], label: string): Draft =>
    graph({ title, ...alarmLines(specs, ids, () => label) });
  return [
    graph({
      title: 'Notifications of alarms, by severity',
      lines: deliveries,
      thresholds: thresholdsOf(ofFamily(specs, 'DeliveriesFailed')),
    }),
    single('Notifications in the dead-letter queue', ['NotificationsFailed'], 'not delivered'),
    single('Access log without lines while there are requests', ['LogsSilent'], 'silent'),
    ...(certificate === undefined ? [] : [single('Days until the certificate expires', ['CertificateExpiry'], 'days')]),
    ...(canary === undefined ? [] : [single('Faults that the canary finds', ['EndpointFaults'], 'faults')]),
    ...(routeCanary === undefined
      ? []
      : [single('Requests of the canary that fail, in a minute', ['CanaryFailed'], 'failed')]),
    ...(usage === undefined
      ? []
      : [single('Largest use of a quota by a client, %', ['QuotaNearlyUsed', 'QuotaUsed'], '%')]),
  ];
}

function ofFamily(specs: DashboardParts['specs'], family: string): DashboardParts['specs'] {
  return specs.filter((spec) => (spec.family ?? spec.id) === family);
}
