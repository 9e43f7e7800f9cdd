import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmBase,
  AlarmRule,
  ComparisonOperator,
  CompositeAlarm,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { SEVERITIES, type Severity } from '../../../lambdas/shared/severity.ts';
import { type AlarmLinks, alarmDescription } from './alarmDescription.ts';
import { type AlarmSpec, type CompositeSpec, type Condition, isComposite, kebabCase } from './alarmSpec.ts';

/** How alarms are made: whom they notify, and what their descriptions link to. */
export interface AlarmContext {
  readonly topics: Readonly<Record<Severity, readonly ITopic[]>>;
  readonly links: AlarmLinks;
}

/**
 * How long an alarm waits for the one that names the cause, and how long it stays silent after it: alarms are evaluated once a
 * minute each, in no order, and the windows of an error budget look back a quarter of an hour.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-suppression.html
 */
const WAIT_FOR_CAUSE = Duration.minutes(3);
const SILENT_AFTER_CAUSE = Duration.minutes(20);

/**
 * Makes alarms. Each that is not a condition of another notifies the topics of its severity when it fires, and when it ends.
 *
 * @returns the alarms that notify, in the order of the specs.
 */
export function createAlarms(
  scope: Construct,
  specs: readonly (AlarmSpec | CompositeSpec)[],
  context: AlarmContext,
): readonly AlarmBase[] {
  const alarms = new Construct(scope, 'Alarms');
  const composites = new Construct(scope, 'Composites');
  const made = new Map<string, AlarmBase>();
  for (const spec of specs) {
    if (!isComposite(spec)) made.set(spec.id, createAlarm(alarms, spec, context));
  }
  const compositesOf = specs.filter(isComposite);
  // Those that name a cause come first, because others refer to them.
  for (const spec of compositesOf.toSorted((one, other) => Number(isSilenced(one)) - Number(isSilenced(other)))) {
    const causes = causesOf(spec, specs).flatMap(({ id }) => made.get(id) ?? []);
    made.set(spec.id, createComposite(composites, { spec, conditionsIn: alarms, causes }, context));
  }
  return specs.flatMap(({ id }) => made.get(id) ?? []);
}

function isSilenced({ silentDuringCauses }: CompositeSpec): boolean {
  return silentDuringCauses !== undefined;
}

/** The alarms that name the cause of this one, and are at least as urgent. */
function causesOf(
  { silentDuringCauses, severity }: CompositeSpec,
  specs: readonly (AlarmSpec | CompositeSpec)[],
): readonly (AlarmSpec | CompositeSpec)[] {
  if (silentDuringCauses === undefined) return [];
  const urgency = SEVERITIES.indexOf(severity);
  return specs.filter((one) => one.namesCause === silentDuringCauses && SEVERITIES.indexOf(one.severity) <= urgency);
}

function createAlarm(scope: Construct, spec: AlarmSpec, { topics, links }: AlarmContext): Alarm {
  const alarm = createCondition(scope, spec, { description: alarmDescription(scope, spec, links), links });
  const all = [spec.severity, ...(spec.alsoNotifies ?? [])].flatMap((severity) => topics[severity]);
  // A topic that gets all severities is notified once.
  const notified = [...new Map(all.map((topic) => [topic.topicArn, topic])).values()];
  notifyOn(alarm, notified);
  if (spec.notifiesWhenDataEnds === true)
    alarm.addInsufficientDataAction(...notified.map((topic) => new SnsAction(topic)));
  return alarm;
}

function createCondition(
  scope: Construct,
  condition: Condition,
  { description, links }: { readonly description: string; readonly links: AlarmLinks },
): Alarm {
  const {
    id,
    metric,
    threshold = Alarm.ANOMALY_DETECTION_NO_THRESHOLD,
    comparison,
    periods = 1,
    of = periods,
  } = condition;
  return new Alarm(scope, id, {
    alarmName: nameOf(id, links),
    alarmDescription: description,
    metric,
    threshold,
    comparisonOperator: comparison ?? ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
    evaluationPeriods: of,
    datapointsToAlarm: periods,
    treatMissingData: condition.missing ?? TreatMissingData.NOT_BREACHING,
  });
}

interface CompositeParts {
  readonly spec: CompositeSpec;
  /** A condition is a metric alarm, whose logical id must not be that of the composite of an older release. */
  readonly conditionsIn: Construct;
  /** The alarms that name a cause. */
  readonly causes: readonly AlarmBase[];
}

function createComposite(
  scope: Construct,
  { spec, conditionsIn, causes }: CompositeParts,
  { topics, links }: AlarmContext,
): CompositeAlarm {
  const name = nameOf(spec.id, links);
  const conditions = spec.conditions.map((condition) => {
    const description = `${links.apiName}: a condition of the alarm ${name}. It notifies nobody by itself.`;
    return createCondition(conditionsIn, condition, { description, links });
  });
  const alarm = new CompositeAlarm(scope, spec.id, {
    compositeAlarmName: name,
    alarmDescription: alarmDescription(scope, spec, links),
    alarmRule: AlarmRule.allOf(...conditions),
    ...(causes.length === 0 ? {} : silentDuring(causeOf(scope, causes, { id: `CauseOf${spec.id}`, links }))),
  });
  notifyOn(alarm, topics[spec.severity]);
  return alarm;
}

/** The alarm that fires while one of these does: an alarm can wait for a single other one. */
function causeOf(
  scope: Construct,
  causes: readonly AlarmBase[],
  { id, links }: { readonly id: string; readonly links: AlarmLinks },
): AlarmBase {
  return new CompositeAlarm(scope, id, {
    compositeAlarmName: nameOf(id, links),
    alarmDescription: `${links.apiName}: an alarm that names the cause fires, so that another one stays silent. It notifies nobody by itself.`,
    alarmRule: AlarmRule.anyOf(...causes),
  });
}

function silentDuring(actionsSuppressor: AlarmBase) {
  return {
    actionsSuppressor,
    actionsSuppressorWaitPeriod: WAIT_FOR_CAUSE,
    actionsSuppressorExtensionPeriod: SILENT_AFTER_CAUSE,
  };
}

function notifyOn(alarm: AlarmBase, topics: readonly ITopic[]): void {
  const actions = topics.map((topic) => new SnsAction(topic));
  alarm.addAlarmAction(...actions);
  alarm.addOkAction(...actions);
}

function nameOf(id: string, { prefix }: AlarmLinks): string {
  return `${prefix}-${kebabCase(id)}`;
}
