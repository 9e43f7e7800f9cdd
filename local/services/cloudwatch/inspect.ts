import type { CompositeAlarmModel } from '../../assembly/compositeModel.ts';
import type { AlarmModel, EmulationGap, MetricQueryModel, StackModel } from '../../assembly/model.ts';
import { alarmData } from './alarmData.ts';
import { hasKnownComparison } from './alarmState.ts';
import { orderComposites } from './composite/composites.ts';
import { scheduleOf } from './heldActions.ts';
import { createInsightRules, inspectInsightRules } from './insights/insightRules.ts';
import { inspectMetricFilters } from './metricFilters.ts';
import type { MetricSources } from './metricQueries.ts';
import { createMetricStore } from './metricStore.ts';
import { isComposite } from './transition.ts';

/** The AWS namespaces that a local part puts metrics into; those of the stack's own code are always there. */
const LOCAL_NAMESPACES = [
  'AWS/ApiGateway',
  'AWS/DynamoDB',
  'AWS/Lambda',
  'AWS/Logs',
  'AWS/SNS',
  'AWS/SQS',
  'AWS/WAFV2',
];

/** CloudWatch's own limit on the range of an alarm: seven days. */
const MAX_RANGE_SECONDS = 7 * 24 * 60 * 60;

/**
 * What of a stack's alarms and metric filters cannot be emulated locally: expressions and statistics that are not
 * computed, metrics that nothing local puts, and actions other than the stack's topics.
 */
export function inspectAlarms(model: StackModel): EmulationGap[] {
  const topics = new Set(model.topics.map((topic) => topic.arn));
  const clock = { now: () => 0 };
  const insights = createInsightRules(model.insightRules, clock).metrics;
  const sources = { store: createMetricStore(clock.now), insights };
  const { faults } = orderComposites(
    model.compositeAlarms,
    model.alarms.map(({ name }) => name),
  );
  const alarms = model.alarms.flatMap((alarm) => {
    const fault = unsupportedReason(alarm, sources) ?? awaitedReason(alarm);
    return fault === undefined ? [] : [notice(alarm, `stays INSUFFICIENT_DATA: ${fault}`)];
  });
  const composites = faults.map(({ alarm, reason }) => notice(alarm, `stays INSUFFICIENT_DATA: ${reason}`));
  const actions = [...model.alarms, ...model.compositeAlarms].flatMap((alarm) => {
    const all = [...alarm.alarmActions, ...alarm.okActions, ...alarm.insufficientDataActions];
    const others = new Set(all.filter((action) => !topics.has(action)));
    return [...others].map((action) => notice(alarm, `its action ${action} is not performed here`));
  });
  const mutes = model.muteRules.flatMap((rule) => {
    const schedule = scheduleOf(rule);
    if (typeof schedule !== 'string') return [];
    return [{ resource: rule.name, type: 'AWS::CloudWatch::AlarmMuteRule', detail: `it mutes nothing: ${schedule}` }];
  });
  return [
    ...alarms,
    ...composites,
    ...actions,
    ...mutes,
    ...inspectMetricFilters(model.metricFilters),
    ...inspectInsightRules(model.insightRules),
  ];
}

/** Why an alarm cannot be evaluated here, or `undefined` when it can. */
export function unsupportedReason(alarm: AlarmModel, sources: MetricSources): string | undefined {
  if (!hasKnownComparison(alarm)) return `the comparison ${alarm.comparison} is not computed here`;
  if (alarm.periodSeconds * alarm.evaluationPeriods > MAX_RANGE_SECONDS) return 'its range is longer than seven days';
  try {
    alarmData(alarm, sources);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

type Metric = NonNullable<MetricQueryModel['metric']>;

/**
 * The metrics of an alarm when nothing here puts one of them. It is not evaluated before one has data, because what the
 * template says about missing data is meant for AWS, where the metric has some.
 */
export function awaitedMetrics({ queries }: AlarmModel): readonly Metric[] {
  const metrics = queries.flatMap(({ metric }) => metric ?? []);
  return metrics.some(({ namespace }) => isForeign(namespace)) ? metrics : [];
}

function awaitedReason(alarm: AlarmModel): string | undefined {
  const foreign = awaitedMetrics(alarm).find(({ namespace }) => isForeign(namespace));
  return foreign && `nothing here puts metrics into ${foreign.namespace}, other than PutMetricData`;
}

function isForeign(namespace: string): boolean {
  return namespace.startsWith('AWS/') && !LOCAL_NAMESPACES.includes(namespace);
}

function notice(alarm: AlarmModel | CompositeAlarmModel, detail: string): EmulationGap {
  return { resource: alarm.name, type: `AWS::CloudWatch::${isComposite(alarm) ? 'CompositeAlarm' : 'Alarm'}`, detail };
}
