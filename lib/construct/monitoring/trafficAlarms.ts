import { ComparisonOperator, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarmSpec.ts';
import { FIVE_MINUTES } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

const SUM = { period: FIVE_MINUTES, statistic: Stats.SUM };

/** Alarms on the number of requests, on errors and on latency. */
export function trafficAlarms({ api, stage }: MonitoredResources, thresholds: AlarmThresholds): readonly AlarmSpec[] {
  const fastest = Math.max(...Object.values(api.tiers).map((tier) => tier.rate));
  return [
    {
      id: 'ServerErrors',
      severity: 'page',
      description: `too many responses are 5xx. Look at the function errors on the dashboard first.`,
      metric: new MathExpression({
        expression: '100 * errors / IF(requests > 0, requests, 1)',
        usingMetrics: { errors: stage.metricServerError(SUM), requests: stage.metricCount(SUM) },
        label: '5xx, percent',
        period: FIVE_MINUTES,
      }),
      threshold: thresholds.serverErrorPercent ?? 1,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    },
    {
      id: 'Latency',
      severity: 'ticket',
      description: `the slowest one percent of responses has taken too long for ten minutes.`,
      metric: stage.metricLatency({ period: FIVE_MINUTES, statistic: Stats.percentile(99) }),
      threshold: thresholds.p99Ms ?? 3_000,
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
      periods: 2,
    },
    {
      id: 'Surge',
      severity: 'ticket',
      description: `more requests than the fastest tier alone allows. The saved queries show who sends them.`,
      metric: stage.metricCount(SUM),
      threshold: thresholds.requests ?? Math.ceil(fastest * FIVE_MINUTES.toSeconds()),
      comparison: ComparisonOperator.GREATER_THAN_THRESHOLD,
    },
  ];
}
