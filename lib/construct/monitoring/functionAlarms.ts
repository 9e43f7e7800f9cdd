import { type IMetric, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { AlarmSpec } from './alarmSpec.ts';
import { FIVE_MINUTES } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** An alarm's expression takes ten metrics (CloudWatch quotas). */
const METRICS_PER_ALARM = 10;

/** Alarms on the functions, except for errors of the authorizer. */
export function functionAlarms(resources: MonitoredResources, thresholds: AlarmThresholds): readonly AlarmSpec[] {
  const { authorizer } = resources;
  // A trigger that fails prevents users from signing in.
  const watched = [
    ...Object.values(resources.functions),
    ...resources.triggers,
    ...[resources.usage, resources.rotation, resources.canary].filter((fn) => fn !== undefined),
  ];
  return [
    // The authorizer has its own alarms.
    ...alarmsOn(watched, 'Errors', {
      id: 'FunctionErrors',
      severity: 'ticket',
      description: `functions fail or time out. The reasons are in their logs, by request id.`,
      threshold: thresholds.functionErrors ?? 1,
    }),
    ...alarmsOn([authorizer, ...watched], 'Throttles', {
      id: 'FunctionThrottles',
      severity: 'ticket',
      description: `Lambda throttles functions, because concurrency is used up. Compare with the account's quota.`,
      threshold: thresholds.functionThrottles ?? 1,
    }),
  ];
}

/** One alarm for every ten functions, over their sum. */
function alarmsOn(
  all: readonly LambdaFunction[],
  metricName: 'Errors' | 'Throttles',
  spec: Omit<AlarmSpec, 'metric'>,
): readonly AlarmSpec[] {
  const chunks = Array.from({ length: Math.ceil(all.length / METRICS_PER_ALARM) }, (_, i) =>
    all.slice(i * METRICS_PER_ALARM, (i + 1) * METRICS_PER_ALARM),
  );
  return chunks.map((chunk, i) => ({
    ...spec,
    id: i === 0 ? spec.id : `${spec.id}${i + 1}`,
    family: spec.id,
    metric: sumOf(metricName, chunk),
  }));
}

function sumOf(metricName: string, functions: readonly LambdaFunction[]): IMetric {
  const options = { period: FIVE_MINUTES, statistic: Stats.SUM };
  const metrics = functions.map((fn, i) => [`m${i}`, fn.metric(metricName, options)] as const);
  // A function without invocations has no data, which must not hide that of the others.
  const expression = metrics.map(([id]) => `FILL(${id}, 0)`).join(' + ');
  return new MathExpression({
    expression,
    usingMetrics: Object.fromEntries(metrics),
    label: metricName,
    period: FIVE_MINUTES,
  });
}
