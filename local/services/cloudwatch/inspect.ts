import type { AlarmModel, EmulationGap, StackModel } from '../../assembly/model.ts';
import { type AlarmSources, alarmData } from './alarmData.ts';
import { hasKnownComparison } from './alarmState.ts';
import { createInsightRules, inspectInsightRules } from './insights/insightRules.ts';
import { inspectMetricFilters } from './metricFilters.ts';
import { createMetricStore } from './metricStore.ts';

/** The AWS namespaces that a local part puts metrics into; those of the stack's own code are always there. */
const LOCAL_NAMESPACES = ['AWS/ApiGateway', 'AWS/Lambda', 'AWS/WAFV2'];

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
  const alarms = model.alarms.flatMap((alarm) => {
    const fault = unsupportedReason(alarm, sources);
    const actions = [...alarm.alarmActions, ...alarm.okActions].filter((action) => !topics.has(action));
    return [
      ...(fault === undefined ? [] : [notice(alarm, `stays INSUFFICIENT_DATA: ${fault}`)]),
      ...[...new Set(actions)].map((action) => notice(alarm, `its action ${action} is not performed here`)),
    ];
  });
  return [...alarms, ...inspectMetricFilters(model.metricFilters), ...inspectInsightRules(model.insightRules)];
}

/** Why an alarm cannot be evaluated here, or `undefined` when it can. */
export function unsupportedReason(alarm: AlarmModel, sources: AlarmSources): string | undefined {
  if (!hasKnownComparison(alarm)) return `the comparison ${alarm.comparison} is not computed here`;
  if (alarm.periodSeconds * alarm.evaluationPeriods > MAX_RANGE_SECONDS) return 'its range is longer than seven days';
  const foreign = alarm.queries.find(({ metric }) => metric && isForeign(metric.namespace));
  if (foreign?.metric) return `nothing here puts metrics into ${foreign.metric.namespace}`;
  try {
    alarmData(alarm, sources);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function isForeign(namespace: string): boolean {
  return namespace.startsWith('AWS/') && !LOCAL_NAMESPACES.includes(namespace);
}

function notice(alarm: AlarmModel, detail: string): EmulationGap {
  return { resource: alarm.name, type: 'AWS::CloudWatch::Alarm', detail };
}
