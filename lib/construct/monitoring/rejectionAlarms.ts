import type { AlarmSpec } from './alarmSpec.ts';
import { rejectionMetric } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** Alarms on rejected requests. */
export function rejectionAlarms({ restApi }: MonitoredResources, thresholds: AlarmThresholds): readonly AlarmSpec[] {
  const { restApiName } = restApi;
  return [
    {
      id: 'FailedLogins',
      severity: 'page',
      description: `repeated requests without a valid token (401): failed logins, stolen or forged tokens.`,
      metric: rejectionMetric(restApiName, 'Unauthorized'),
      threshold: thresholds.unauthorized ?? 20,
    },
    {
      id: 'Probing',
      severity: 'page',
      description: `callers repeatedly send requests without the permission (403).`,
      metric: rejectionMetric(restApiName, 'Forbidden'),
      threshold: thresholds.forbidden ?? 20,
    },
    {
      id: 'Throttling',
      severity: 'ticket',
      description: `limits throttle clients (429): a flood, a faulty client, or a tier too small.`,
      metric: rejectionMetric(restApiName, 'Throttled'),
      threshold: thresholds.throttled ?? 200,
    },
    {
      id: 'WafBlocks',
      severity: 'ticket',
      description: `the web ACL blocks attacks or a flood.`,
      metric: rejectionMetric(restApiName, 'WafBlocked'),
      threshold: thresholds.wafBlocked ?? 50,
    },
  ];
}
