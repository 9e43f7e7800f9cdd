import type { AlarmBase } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { AlarmSpec, CompositeSpec } from '../alarmSpec.ts';
import type { AlarmedResources } from '../monitoredResources.ts';
import type { AlarmThresholds } from '../thresholds.ts';

/** What a dashboard shows: the resources, and their alarms. */
export interface DashboardParts extends AlarmedResources {
  /** The alarms that notify, in the order of `specs`. */
  readonly alarms: readonly AlarmBase[];
  readonly specs: readonly (AlarmSpec | CompositeSpec)[];
  readonly thresholds: AlarmThresholds;
  /** The function that notifies people of alarms. */
  readonly notifier: LambdaFunction;
  /** Base URL of the runbooks. */
  readonly runbooks: string;
  /** Who answers for the API. @default - the heading names nobody */
  readonly owner?: string;
}
