import type { ComparisonOperator, IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Severity } from './severity.ts';

/** An alarm before it is made. */
export interface AlarmSpec {
  readonly id: string;
  /** @default - page */
  readonly severity?: Severity;
  /** What it means and where to look first; people read it in the notification. */
  readonly description: string;
  readonly metric: IMetric;
  readonly threshold: number;
  /** @default - at the threshold or above */
  readonly comparison?: ComparisonOperator;
  /** Consecutive periods that have to breach. @default - 1 */
  readonly periods?: number;
  /** @default - missing data does not breach */
  readonly missing?: TreatMissingData;
  /** Whether the topics are notified when data that was there is missing. @default - no */
  readonly notifiesWhenDataEnds?: boolean;
}
