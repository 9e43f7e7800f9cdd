import type { MathNode, MetricAlarm } from '../../localMonitoring.ts';
import { attempt, NotExpressible, type Skipped } from '../notExpressible.ts';
import { MANAGED_BY } from '../rendered.ts';
import type { ExportedAlarm, MathTools } from '../source.ts';
import { datadogMetric } from './names.ts';

const OPERATORS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: '>=',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
};
const PRIORITIES = { page: 1, ticket: 3, info: 5 } as const;
/** CloudWatch has the data of a period some minutes after its end, and Datadog reads it later. */
const DELAY_SECONDS = 900;

/**
 * Monitors, as the API takes them.
 *
 * @see https://docs.datadoghq.com/api/latest/monitors/create-a-monitor/
 */
export function datadogMonitors(alarms: readonly ExportedAlarm[], tools: MathTools, skipped: Skipped[]) {
  return alarms.flatMap((alarm) => attempt(alarm.name, skipped, () => monitorOf(alarm, tools)) ?? []);
}

function monitorOf(alarm: ExportedAlarm, tools: MathTools) {
  const { name, api, region, severity, description, condition } = alarm;
  if (condition.kind === 'rule')
    throw new NotExpressible('a monitor on several monitors names their ids, which exist only after they are created');
  const { query, options } = queryOf(condition.alarm, region, tools);
  const tags = [`severity:${severity}`, ...(api === undefined ? [] : [`api:${api}`]), MANAGED_BY];
  return {
    name,
    type: 'query alert',
    query,
    // Braces begin a variable of a message.
    message: description.replaceAll('{{', '{ {'),
    tags,
    priority: PRIORITIES[severity],
    options: {
      ...options,
      evaluation_delay: DELAY_SECONDS,
      notify_no_data: false,
      on_missing_data: condition.alarm.treatMissingData === 'ignore' ? 'default' : 'resolve',
      require_full_window: false,
      include_tags: true,
    },
  };
}

function queryOf(alarm: MetricAlarm, region: string, tools: MathTools) {
  const { comparison, threshold, periodSeconds, evaluationPeriods, datapointsToAlarm } = alarm;
  if (alarm.treatMissingData === 'breaching')
    throw new NotExpressible('in Datadog a missing value cannot count as one that breaches');
  const operator = OPERATORS[comparison];
  if (operator === undefined) return anomalyQuery(alarm, region);
  if (evaluationPeriods > 1)
    throw new NotExpressible(`Datadog cannot count ${datapointsToAlarm} of ${evaluationPeriods} periods`);
  const result = alarm.queries.find(({ returnData }) => returnData)?.id ?? '';
  const { text, aggregation } = textOf(result, { alarm, region, tools });
  return {
    query: `${aggregation}(last_${windowOf(periodSeconds)}):${text} ${operator} ${threshold}`,
    options: { thresholds: { critical: threshold } },
  };
}

/** Windows that a monitor takes: https://docs.datadoghq.com/monitors/types/metric/ */
function windowOf(seconds: number): string {
  return seconds % 3600 === 0 ? `${seconds / 3600}h` : `${seconds / 60}m`;
}

interface Scope {
  readonly alarm: MetricAlarm;
  readonly region: string;
  readonly tools: MathTools;
}

interface Text {
  readonly text: string;
  /** How the values of the window become one. */
  readonly aggregation: string;
}

/** A metric, or a sum of metrics: the sum over the window is that of CloudWatch's period. */
function textOf(id: string, { alarm, region, tools }: Scope): Text {
  const query = alarm.queries.find((one) => one.id === id);
  if (query?.metric !== undefined) {
    const text = datadogMetric(query.metric, region);
    return { text, aggregation: text.slice(0, text.indexOf(':')) };
  }
  const { expression = '' } = query ?? {};
  if (expression.includes('INSIGHT_RULE_METRIC'))
    throw new NotExpressible('it counts by source with Contributor Insights, which Datadog does not read');
  return sumOf(tools.parseMath(expression), { alarm, region, tools });
}

function sumOf(node: MathNode, scope: Scope): Text {
  const terms = termsOf(node).map((id) => textOf(id, scope));
  if (terms.some(({ aggregation }) => aggregation !== 'sum'))
    throw new NotExpressible('only sums of counts are formulas of a monitor here');
  // A metric that nothing reports would make the whole sum missing.
  const texts = terms.length === 1 ? terms.map(({ text }) => text) : terms.map(({ text }) => `default_zero(${text})`);
  return { text: texts.join(' + '), aggregation: 'sum' };
}

/** The ids of `FILL(a, 0) + b` and `SUM([a, b])`. */
function termsOf(node: MathNode): readonly string[] {
  if (node.kind === 'id') return [node.name];
  if (node.kind === 'binary' && node.operator === '+') return [node.left, node.right].flatMap(termsOf);
  const [first] = node.kind === 'call' ? node.parameters : [];
  if (node.kind === 'call' && node.name === 'FILL' && first !== undefined) return termsOf(first);
  if (node.kind === 'call' && node.name === 'SUM' && first?.kind === 'list') return first.items.flatMap(termsOf);
  throw new NotExpressible('a formula of Datadog has no conditions');
}

/** The band of `IF(FILL(requests, 0) > 600, requests, 600)`: never less than a floor, as `clamp_min`. */
function anomalyQuery(
  { queries, comparison, thresholdMetricId, periodSeconds, evaluationPeriods }: MetricAlarm,
  region: string,
) {
  const band = queries.find(({ id }) => id === thresholdMetricId)?.expression ?? '';
  const [, id = '', width = ''] = /^ANOMALY_DETECTION_BAND\((\w+), ([\d.]+)\)$/.exec(band) ?? [];
  const traffic = queries.find((one) => one.id === id);
  const [, metricId = id, floor] = /^IF\(FILL\((\w+), 0\) > (\d+), \1, \2\)$/.exec(traffic?.expression ?? '') ?? [];
  const metric = queries.find((one) => one.id === metricId)?.metric;
  if (metric === undefined || width === '') throw new NotExpressible('its band is not one on a metric');
  const counted = `${datadogMetric(metric, region)}.rollup(sum, ${periodSeconds})`;
  const text = floor === undefined ? counted : `clamp_min(${counted}, ${floor})`;
  const direction = comparison === 'LessThanLowerThreshold' ? 'below' : 'above';
  const window = windowOf(periodSeconds * evaluationPeriods);
  const anomalies = `anomalies(${text}, 'agile', ${width}, direction='${direction}', interval=${periodSeconds}, alert_window='last_${window}', seasonality='daily', count_default_zero='true')`;
  return {
    query: `avg(last_1d):${anomalies} >= 1`,
    options: {
      thresholds: { critical: 1, critical_recovery: 0 },
      threshold_windows: { trigger_window: `last_${window}`, recovery_window: `last_${window}` },
    },
  };
}
