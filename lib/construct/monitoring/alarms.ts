import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import type { AlarmSpec } from './alarmSpec.ts';
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

/** Every alarm of an API. Each notifies the topics when it fires and when it ends. */
export function createAlarms(
  scope: Construct,
  resources: MonitoredResources,
  { thresholds, topics }: { readonly thresholds: AlarmThresholds; readonly topics: readonly ITopic[] },
): readonly Alarm[] {
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
  const specs = makers.flatMap((make) => make(resources, thresholds));
  return alarmsOf(scope, specs, topics);
}

/** Alarms that notify topics, which are in the same region. */
export function alarmsOf(scope: Construct, specs: readonly AlarmSpec[], topics: readonly ITopic[]): readonly Alarm[] {
  const alarms = new Construct(scope, 'Alarms');
  const actions = topics.map((topic) => new SnsAction(topic));
  return specs.map((spec) => {
    const alarm = createAlarm(alarms, spec);
    alarm.addAlarmAction(...actions);
    alarm.addOkAction(...actions);
    if (spec.notifiesWhenDataEnds === true) alarm.addInsufficientDataAction(...actions);
    return alarm;
  });
}

function createAlarm(scope: Construct, spec: AlarmSpec): Alarm {
  const periods = spec.periods ?? 1;
  return new Alarm(scope, spec.id, {
    alarmDescription: spec.description,
    metric: spec.metric,
    threshold: spec.threshold,
    comparisonOperator: spec.comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: periods,
    datapointsToAlarm: periods,
    treatMissingData: spec.missing ?? TreatMissingData.NOT_BREACHING,
  });
}
