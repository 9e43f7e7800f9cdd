import type { MathNode, MetricAlarm, MetricQuery } from '../../localMonitoring.ts';
import type { AlarmRuleNode } from '../alarmRule.ts';
import { NotExpressible } from '../notExpressible.ts';
import type { ExportedAlarm, MathTools } from '../source.ts';

/** Each period of each metric is a query; more of them would ask CloudWatch too much, too often. */
const MAX_QUERIES = 40;

/** A query of a metric, or of a Contributor Insights rule, for one period: `shift` periods before the newest. */
export interface RuleQuery {
  readonly refId: string;
  readonly query: MetricQuery;
  readonly periodSeconds: number;
  readonly shift: number;
  /** Whether nothing counts as 0. */
  readonly isZeroed: boolean;
}

/** A condition in Grafana's own math over the values of queries. */
export interface RuleCondition {
  readonly queries: readonly RuleQuery[];
  readonly text: string;
}

const COMPARISONS: Readonly<Record<string, string>> = {
  GreaterThanOrEqualToThreshold: '>=',
  GreaterThanThreshold: '>',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '<=',
};

/**
 * The condition of a rule. Grafana evaluates expressions of CloudWatch in dashboards, and not in alert rules where they refer to other queries: a
 * rule queries each metric of each period, and computes in Grafana.
 *
 * @throws {NotExpressible}
 * @see https://grafana.com/docs/grafana/latest/datasources/aws-cloudwatch/query-editor/
 */
export function conditionOf({ condition }: ExportedAlarm, tools: MathTools): RuleCondition {
  const queries: RuleQuery[] = [];
  const text =
    condition.kind === 'metric'
      ? alarmText(condition.alarm, queries, tools)
      : ruleText(condition.rule, (name) => {
          const alarm = condition.alarms.get(name);
          if (alarm === undefined)
            throw new NotExpressible(`its rule names ${name}, which is not an alarm on metrics of this stack`);
          return alarmText(alarm, queries, tools);
        });
  if (queries.length > MAX_QUERIES)
    throw new NotExpressible(`a rule would need ${queries.length} queries, one for each metric and period`);
  return { queries, text };
}

function ruleText(rule: AlarmRuleNode, textOf: (alarm: string) => string): string {
  if (rule.kind === 'alarm') return `(${textOf(rule.name)})`;
  if (rule.kind === 'constant') return rule.value ? '1' : '0';
  if (rule.kind === 'not') return `!${ruleText(rule.operand, textOf)}`;
  return `(${ruleText(rule.left, textOf)} ${rule.kind === 'and' ? '&&' : '||'} ${ruleText(rule.right, textOf)})`;
}

/** M of the last N periods: each is a condition that is 0 or 1. */
function alarmText(alarm: MetricAlarm, queries: RuleQuery[], { parseMath }: MathTools): string {
  const operator = COMPARISONS[alarm.comparison];
  if (operator === undefined) throw new NotExpressible('Grafana has no model of what is usual (anomaly detection)');
  if (alarm.treatMissingData === 'breaching')
    throw new NotExpressible('in Grafana a missing value cannot count as one that breaches');
  if (operator === '>=' && alarm.threshold <= 0)
    throw new NotExpressible('without data it would breach its threshold in Grafana');
  if (operator.startsWith('<') && alarm.queries.length > 1)
    throw new NotExpressible('in Grafana a missing value of a formula would breach a lower threshold');
  const result = alarm.queries.find(({ returnData }) => returnData)?.id ?? '';
  const of = (shift: number) => {
    const scope = { alarm, queries, shift, parse: parseMath };
    return `(${idText(result, scope)} ${operator} ${alarm.threshold})`;
  };
  const periods = Array.from({ length: alarm.evaluationPeriods }, (_, shift) => of(shift));
  return alarm.evaluationPeriods === 1
    ? (periods[0] ?? '0')
    : `((${periods.join(' + ')}) >= ${alarm.datapointsToAlarm})`;
}

interface Scope {
  readonly alarm: MetricAlarm;
  readonly queries: RuleQuery[];
  readonly shift: number;
  readonly parse: MathTools['parseMath'];
}

function idText(id: string, scope: Scope): string {
  const query = scope.alarm.queries.find((one) => one.id === id);
  if (query === undefined) throw new NotExpressible(`it has no query ${id}`);
  if (query.metric !== undefined || /^INSIGHT_RULE_METRIC\(/.test(query.expression ?? '')) return queried(query, scope);
  const { expression = '' } = query;
  if (expression.includes('ANOMALY_DETECTION_BAND'))
    throw new NotExpressible('Grafana has no model of what is usual (anomaly detection)');
  try {
    return nodeText(scope.parse(expression), scope);
  } catch (error) {
    throw error instanceof NotExpressible
      ? error
      : new NotExpressible(error instanceof Error ? error.message : String(error));
  }
}

/** The value of a query in its period, as a number: 0 where there is none. */
function queried(query: MetricQuery, { alarm, queries, shift }: Scope): string {
  const known = queries.find((one) => one.query === query && one.shift === shift);
  const isZeroed = !alarm.comparison.startsWith('Less');
  const refId = known?.refId ?? `Q${queries.length}`;
  if (known === undefined)
    queries.push({ refId, query, periodSeconds: query.metric?.periodSeconds ?? alarm.periodSeconds, shift, isZeroed });
  return `$${refId}R`;
}

function nodeText(node: MathNode, scope: Scope): string {
  if (node.kind === 'number') return String(node.value);
  if (node.kind === 'id') return idText(node.name, scope);
  if (node.kind === 'negate') return `-(${nodeText(node.operand, scope)})`;
  if (node.kind === 'binary') return binaryText(node, scope);
  if (node.kind === 'call') return callText(node.name, node.parameters, scope);
  throw new NotExpressible(`Grafana's math has no ${node.kind} in this place`);
}

const OPERATORS: Readonly<Record<string, string>> = { AND: '&&', OR: '||', '^': '**' };

function binaryText({ operator, left, right }: MathNode & { kind: 'binary' }, scope: Scope): string {
  const [one, other] = [nodeText(left, scope), nodeText(right, scope)];
  // Without anything below the bar there is no value, which breaches nothing; a division by 0 would.
  if (operator === '/' && right.kind !== 'number') return `(${one} / (${other} + (${other} == 0)) * (${other} != 0))`;
  return `(${one} ${OPERATORS[operator] ?? operator} ${other})`;
}

/** Values of queries are 0 where there are none, so nothing is left to fill. */
function callText(name: string, parameters: readonly MathNode[], scope: Scope): string {
  const [first, second, third] = parameters;
  if (first === undefined) throw new NotExpressible(`${name} has no parameters`);
  if (name === 'FILL' && second?.kind === 'number' && second.value === 0) return nodeText(first, scope);
  if (name === 'IF' && second !== undefined) {
    const test = nodeText(first, scope);
    const otherwise = third === undefined ? '0' : nodeText(third, scope);
    return `((${test}) * (${nodeText(second, scope)}) + !(${test}) * (${otherwise}))`;
  }
  if (first.kind === 'list') {
    const items = first.items.map((item) => nodeText(item, scope));
    if (name === 'SUM') return `(${items.join(' + ')})`;
    if (name === 'MAX')
      return items.reduce((one, other) => `((${one} >= ${other}) * ${one} + (${one} < ${other}) * ${other})`);
  }
  throw new NotExpressible(`Grafana's math has nothing like ${name}`);
}
