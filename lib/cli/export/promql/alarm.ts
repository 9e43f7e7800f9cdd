import type { MetricAlarm } from '../../localMonitoring.ts';
import type { AlarmRuleNode } from '../alarmRule.ts';
import { NotExpressible } from '../notExpressible.ts';
import type { ExportedAlarm, MathTools } from '../source.ts';
import { queryText } from './math.ts';
import { type ExporterMetrics, metricVector } from './series.ts';

/** Operators of comparisons, each with its opposite. */
const COMPARISONS: Readonly<Record<string, readonly [breaching: string, healthy: string]>> = {
  GreaterThanOrEqualToThreshold: ['>=', '<'],
  GreaterThanThreshold: ['>', '<='],
  LessThanThreshold: ['<', '>='],
  LessThanOrEqualToThreshold: ['<=', '>'],
};

export interface PromqlContext {
  readonly metrics: ExporterMetrics;
  readonly tools: MathTools;
}

/**
 * The expression of an alerting rule: it has a sample while the alarm would fire.
 *
 * @throws {NotExpressible}
 */
export function alarmText({ condition, region }: ExportedAlarm, context: PromqlContext): string {
  if (condition.kind === 'metric') return metricAlarmText(condition.alarm, region, context);
  const { rule, alarms } = condition;
  return ruleText(rule, (name) => {
    const alarm = alarms.get(name);
    if (alarm === undefined)
      throw new NotExpressible(`its rule names ${name}, which is not an alarm on metrics of this stack`);
    return metricAlarmText(alarm, region, context);
  });
}

function ruleText(rule: AlarmRuleNode, textOf: (alarm: string) => string): string {
  if (rule.kind === 'alarm') return `(${textOf(rule.name)})`;
  if (rule.kind === 'constant') return rule.value ? 'vector(1)' : '(vector(1) > 1)';
  if (rule.kind === 'not') return `(vector(1) unless ${ruleText(rule.operand, textOf)})`;
  return `(${ruleText(rule.left, textOf)} ${rule.kind} ${ruleText(rule.right, textOf)})`;
}

function metricAlarmText(alarm: MetricAlarm, region: string, { metrics, tools }: PromqlContext): string {
  const { queries, comparison, threshold, periodSeconds, evaluationPeriods, datapointsToAlarm, treatMissingData } =
    alarm;
  const result = queries.find(({ returnData }) => returnData);
  const id = result?.id ?? '';
  const text = queryText(id, {
    queries,
    parse: tools.parseMath,
    vector: (metric) => metricVector(metric, { metrics, region, tools }),
  });
  const [breaching, healthy] = COMPARISONS[comparison] ?? [];
  if (breaching === undefined || healthy === undefined)
    throw new NotExpressible('PromQL has no model of what is usual (anomaly detection)');
  // A sample of the subquery is a period: they are at multiples of its length.
  const over = `[${evaluationPeriods * periodSeconds}s:${periodSeconds}s]`;
  if (treatMissingData === 'breaching') {
    const well = `sum_over_time((${text} ${healthy} bool ${threshold})${over})`;
    return `(${evaluationPeriods} - (${well} or vector(0))) >= ${datapointsToAlarm}`;
  }
  if (evaluationPeriods === 1) return `${text} ${breaching} ${threshold}`;
  return `sum_over_time((${text} ${breaching} bool ${threshold})${over}) >= ${datapointsToAlarm}`;
}
