import { Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE } from '../../../lambdas/shared/wireContract.ts';
import type { AlarmSpec } from './alarmSpec.ts';
import { CANARY_PERIOD } from './endpointCheck.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** The alarm on what the canary finds, where there is one. It also notifies when the canary runs no more. */
export function endpointAlarm(
  { restApi, canary }: MonitoredResources,
  { endpointFaults = 1 }: AlarmThresholds,
): readonly AlarmSpec[] {
  if (canary === undefined) return [];
  return [
    {
      id: 'EndpointFaults',
      severity: 'page',
      description:
        'Clients see a fault of the domain: certificate, TLS version or HSTS; or the canary does not run. Its log names the fault; secure-api domain check shows more.',
      measure: 'faults of an endpoint',
      metric: new Metric({
        namespace: METRICS_NAMESPACE,
        metricName: 'EndpointFaults',
        dimensionsMap: { api: restApi.restApiName },
        statistic: Stats.MAXIMUM,
        period: CANARY_PERIOD,
      }),
      threshold: endpointFaults,
      periods: 2,
      missing: TreatMissingData.MISSING,
      notifiesWhenDataEnds: true,
    },
  ];
}
