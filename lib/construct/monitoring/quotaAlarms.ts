import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE } from '../../../lambdas/shared/wireContract.ts';
import { USAGE_PERIOD } from '../limits/usageFunction.ts';
import type { AlarmSpec } from './alarmSpec.ts';
import type { MonitoredResources } from './monitoredResources.ts';

/** Alarms on the client that has used most of its quota; only where clients are registered. */
export function quotaAlarms({ restApi, usage }: MonitoredResources): readonly AlarmSpec[] {
  if (usage === undefined) return [];
  const metric = new Metric({
    namespace: METRICS_NAMESPACE,
    metricName: 'QuotaUsedPercent',
    dimensionsMap: { api: restApi.restApiName },
    statistic: Stats.MAXIMUM,
    period: USAGE_PERIOD,
  });
  return [
    {
      id: 'QuotaNearlyUsed',
      look: 'metrics requests throttled',
      severity: 'info',
      description:
        'A client has used 80 % of its quota. Its key is in the log of the usage function: tell the client, or give it another tier.',
      measure: '% of the quota of a client',
      metric,
      threshold: 80,
    },
    {
      id: 'QuotaUsed',
      look: 'logs --status 429',
      severity: 'ticket',
      description:
        'A client has used all of its quota and is rejected until its period ends. Its key is in the log of the usage function.',
      measure: '% of the quota of a client',
      metric,
      threshold: 100,
    },
  ];
}
