import { Metric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { METRICS_NAMESPACE } from '../../../lambdas/shared/wireContract.ts';
import type { AlarmSpec } from './alarmSpec.ts';
import { CANARY_PERIOD } from './endpointCheck.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import { REQUEST_PERIOD } from './routeCheck.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** The alarms on what the canary finds, where there is one. They also notify when it runs no more. */
export function canaryAlarms(resources: MonitoredResources, thresholds: AlarmThresholds): readonly AlarmSpec[] {
  return [...endpointFaults(resources, thresholds), ...canaryFailed(resources)];
}

function endpointFaults(
  { restApi, canary }: MonitoredResources,
  { endpointFaults: threshold = 1 }: AlarmThresholds,
): readonly AlarmSpec[] {
  if (canary === undefined) return [];
  return [
    {
      id: 'EndpointFaults',
      followsDeployments: true,
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
      threshold,
      periods: 2,
      missing: TreatMissingData.MISSING,
      notifiesWhenDataEnds: true,
    },
  ];
}

function canaryFailed({ restApi, routeCanary }: MonitoredResources): readonly AlarmSpec[] {
  if (routeCanary === undefined) return [];
  return [
    {
      id: 'CanaryFailed',
      look: 'metrics requests 4xx 5xx',
      followsDeployments: true,
      severity: 'page',
      description:
        'Requests of the canary fail, so those of clients probably do, too; or the canary does not run. Its log has the status and the request id of each.',
      measure: "of the canary's requests in a minute failed",
      metric: new Metric({
        namespace: METRICS_NAMESPACE,
        metricName: 'CanaryFailures',
        dimensionsMap: { api: restApi.restApiName },
        statistic: Stats.MAXIMUM,
        period: REQUEST_PERIOD,
      }),
      threshold: 1,
      periods: 3,
      of: 5,
      missing: TreatMissingData.MISSING,
      notifiesWhenDataEnds: true,
    },
  ];
}
