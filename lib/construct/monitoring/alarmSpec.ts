import type { ComparisonOperator, IMetric, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { Severity } from '../../../lambdas/shared/severity.ts';

/** What is true while an alarm fires. */
export interface Condition {
  /** PascalCase. The logical id comes from it, so it does not change. */
  readonly id: string;
  /** @default - none: an anomaly band is the threshold */
  readonly threshold?: number;
  readonly metric: IMetric;
  /** @default - at the threshold or above */
  readonly comparison?: ComparisonOperator;
  /** Periods that have to breach. @default - 1 */
  readonly periods?: number;
  /** Last periods of which `periods` have to breach. @default - `periods`: consecutive ones */
  readonly of?: number;
  /** @default - missing data does not breach */
  readonly missing?: TreatMissingData;
}

/** What people read about an alarm. */
interface AlarmText {
  readonly severity: Severity;
  /** What it means and the first thing to do, in one or two sentences. */
  readonly description: string;
  /** The words after its value, with the unit: `responses with 401`, `% of the responses are 5xx`, `ms`. */
  readonly measure?: string;
  /**
   * The command of secure-api that shows what it is about, with its arguments, such as `logs --status 401`; notifications add the API and
   * the time. @default - none besides those for any alarm
   */
  readonly look?: string;
  /** Ids of the Contributor Insights rules that name the sources, most useful first, at most 3. */
  readonly contributors?: readonly string[];
  /** Id of the alarm whose runbook this one shares. @default - its own */
  readonly family?: string;
  /** Whether a deployment can make it fire, so that `secure-api mute` mutes it. @default - no */
  readonly followsDeployments?: boolean;
  /** Family of the alarms whose cause it names, so that they stay silent. @default - none */
  readonly namesCause?: string;
}

/** An alarm before it is made. */
export interface AlarmSpec extends Condition, AlarmText {
  /** Whether the topics are notified when data that was there is missing. @default - no */
  readonly notifiesWhenDataEnds?: boolean;
  /** Topics that it notifies beside that of its severity. @default - none */
  readonly alsoNotifies?: readonly Severity[];
}

/**
 * An alarm on several conditions that hold at the same time. The conditions are alarms that notify nobody, so that one cause sends one
 * notification.
 */
export interface CompositeSpec extends AlarmText {
  readonly id: string;
  /** The group of routes that it watches. @default - all routes */
  readonly group?: string | undefined;
  readonly conditions: readonly Condition[];
  /** It notifies nobody while an alarm fires that is as urgent and names the cause of this family. @default - it always notifies */
  readonly silentDuringCauses?: string;
}

export function isComposite(spec: AlarmSpec | CompositeSpec): spec is CompositeSpec {
  return 'conditions' in spec;
}

/** `FailedLogins` → `failed-logins`: the end of an alarm's name, and the name of its runbook. */
export function kebabCase(id: string): string {
  return id.replaceAll(/(?<=[a-z0-9])(?=[A-Z])/g, '-').toLowerCase();
}
