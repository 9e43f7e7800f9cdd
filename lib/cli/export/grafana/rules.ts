import { createHash } from 'node:crypto';
import { stringify } from 'yaml';
import { annotationsOf, literal } from '../annotations.ts';
import { attempt, type Skipped } from '../notExpressible.ts';
import { WRITTEN_BY } from '../rendered.ts';
import type { ExportedAlarm, MathTools } from '../source.ts';
import { conditionOf, type RuleQuery } from './conditions.ts';

/** The uid that the rules expect the data source to have. */
export const DATA_SOURCE = 'cloudwatch';
/** CloudWatch has the data of a period some minutes after its end. */
const DELAY_SECONDS = 300;

/**
 * Alert rules for file provisioning.
 *
 * @see https://grafana.com/docs/grafana/latest/alerting/set-up/provision-alerting-resources/file-provisioning/
 */
export function grafanaRules(alarms: readonly ExportedAlarm[], tools: MathTools, skipped: Skipped[]) {
  const rules = alarms.flatMap((alarm) => attempt(alarm.name, skipped, () => ruleOf(alarm, tools)) ?? []);
  const groups = [{ orgId: 1, name: 'secure-api', folder: 'secure-api', interval: '1m', rules }];
  return {
    text: `# ${WRITTEN_BY}\n${stringify({ apiVersion: 1, groups }, { lineWidth: 0, aliasDuplicateObjects: false })}`,
    exported: rules.map(({ title }) => title),
  };
}

function ruleOf(alarm: ExportedAlarm, tools: MathTools) {
  const { name, api, region, severity } = alarm;
  const { queries, text } = conditionOf(alarm, tools);
  return {
    uid: createHash('sha256').update(`${region}/${name}`).digest('hex').slice(0, 40),
    title: name,
    condition: 'ALERT',
    for: '0s',
    data: [
      ...queries.flatMap((query) => [dataOf(query, region), reduced(query)]),
      expression('CONDITION', { type: 'math', expression: text }),
      expression('ALERT', {
        type: 'threshold',
        expression: 'CONDITION',
        conditions: [{ evaluator: { type: 'gt', params: [0] } }],
      }),
    ],
    noDataState: keepsState(alarm) ? 'KeepLast' : 'OK',
    execErrState: 'Error',
    labels: { severity, ...(api && { api: label(api), alarm: label(name.slice(api.length + 1)) }), region },
    annotations: annotationsOf(alarm),
  };
}

function keepsState({ condition }: ExportedAlarm): boolean {
  const alarms = condition.kind === 'metric' ? [condition.alarm] : [...condition.alarms.values()];
  return condition.kind === 'rule' || alarms.some(({ treatMissingData }) => treatMissingData === 'ignore');
}

function dataOf({ refId, query, periodSeconds, shift }: RuleQuery, region: string) {
  const to = DELAY_SECONDS + shift * periodSeconds;
  const { metric, expression: text } = query;
  return {
    refId,
    relativeTimeRange: { from: to + periodSeconds, to },
    datasourceUid: DATA_SOURCE,
    model: { refId, ...cloudWatchQuery({ id: refId.toLowerCase(), region, periodSeconds, metric, text }) },
  };
}

interface CloudWatchQuery {
  readonly id: string;
  readonly region: string;
  readonly periodSeconds: number;
  readonly metric?: RuleQuery['query']['metric'];
  readonly text?: string | undefined;
  readonly label?: string;
}

/** https://grafana.github.io/grafana-foundation-sdk/next+cog-v0.0.x/typescript/Reference/cloudwatch/object-CloudWatchMetricsQuery */
export function cloudWatchQuery({ id, region, periodSeconds, metric, text, label }: CloudWatchQuery) {
  const { namespace = '', name = '', statistic = 'Average', dimensions = {} } = metric ?? {};
  return {
    queryMode: 'Metrics',
    metricQueryType: 0,
    // 0 is the builder, 1 the code of an expression.
    metricEditorMode: metric === undefined ? 1 : 0,
    id,
    region,
    namespace,
    metricName: name,
    dimensions,
    matchExact: true,
    statistic,
    period: String(periodSeconds),
    expression: text ?? '',
    ...(label && { label }),
  };
}

/** The last value of the period, and for an upper threshold 0 where there is none. */
function reduced({ refId, isZeroed }: RuleQuery) {
  return expression(`${refId}R`, {
    type: 'reduce',
    expression: refId,
    reducer: 'last',
    settings: isZeroed ? { mode: 'replaceNN', replaceWithValue: 0 } : { mode: 'dropNN' },
  });
}

function expression(refId: string, model: Readonly<Record<string, unknown>>) {
  const datasource = { type: '__expr__', uid: '__expr__' };
  return {
    refId,
    relativeTimeRange: { from: 0, to: 0 },
    datasourceUid: '__expr__',
    model: { refId, datasource, ...model },
  };
}

/** Grafana replaces variables of the environment in labels, and not in annotations or models: https://github.com/grafana/grafana/issues/71006 */
function label(text: string): string {
  return literal(text).replaceAll('$', '$$$$');
}
