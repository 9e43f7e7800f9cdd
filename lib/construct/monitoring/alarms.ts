import type { AlarmSpec, CompositeSpec } from './alarmSpec.ts';
import { authorizerAlarms } from './authorizerAlarms.ts';
import { certificateAlarm } from './certificateAlarm.ts';
import { endpointAlarm } from './endpointAlarm.ts';
import { functionAlarms } from './functionAlarms.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import { quotaAlarms } from './quotaAlarms.ts';
import { rejectionAlarms } from './rejectionAlarms.ts';
import { reviewAlarm } from './reviewAlarm.ts';
import type { AlarmThresholds } from './thresholds.ts';
import { trafficAlarms } from './trafficAlarms.ts';
import { webhookAlarms } from './webhookAlarms.ts';

/** Every alarm of an API, in the order in which people read them. */
export function alarmSpecs(
  resources: MonitoredResources,
  thresholds: AlarmThresholds,
): readonly (AlarmSpec | CompositeSpec)[] {
  const makers = [
    trafficAlarms,
    rejectionAlarms,
    authorizerAlarms,
    webhookAlarms,
    quotaAlarms,
    functionAlarms,
    certificateAlarm,
    endpointAlarm,
    reviewAlarm,
  ];
  return makers.flatMap((make) => make(resources, thresholds));
}
