import type { AlarmSpec, CompositeSpec } from './alarmSpec.ts';
import { authorizerAlarms } from './authorizerAlarms.ts';
import { blockAlarms } from './blockAlarms.ts';
import { canaryAlarms } from './canaryAlarms.ts';
import { certificateAlarm } from './certificateAlarm.ts';
import { dependencyAlarms } from './dependencyAlarms.ts';
import { functionAlarms } from './functionAlarms.ts';
import type { AlarmedResources } from './monitoredResources.ts';
import { objectiveAlarms } from './objectiveAlarms.ts';
import { quotaAlarms } from './quotaAlarms.ts';
import { rejectionAlarms } from './rejectionAlarms.ts';
import { reviewAlarm } from './reviewAlarm.ts';
import { signInRiskAlarms } from './signInRiskAlarms.ts';
import type { AlarmThresholds } from './thresholds.ts';
import { trafficAlarms } from './trafficAlarms.ts';
import { webhookAlarms } from './webhookAlarms.ts';

type Maker = (resources: AlarmedResources, thresholds: AlarmThresholds) => readonly (AlarmSpec | CompositeSpec)[];

/** Every alarm of an API, in the order in which people read them. */
export function alarmSpecs(
  resources: AlarmedResources,
  thresholds: AlarmThresholds,
): readonly (AlarmSpec | CompositeSpec)[] {
  const makers: readonly Maker[] = [
    objectiveAlarms,
    trafficAlarms,
    rejectionAlarms,
    blockAlarms,
    signInRiskAlarms,
    authorizerAlarms,
    webhookAlarms,
    quotaAlarms,
    functionAlarms,
    dependencyAlarms,
    certificateAlarm,
    canaryAlarms,
    reviewAlarm,
  ];
  return makers.flatMap((make) => make(resources, thresholds));
}
