import { describe, expect, it } from 'vitest';
import { parseRule } from '../../../../lib/cli/export/alarmRule.ts';
import { alarmText } from '../../../../lib/cli/export/promql/alarm.ts';
import { exporterMetrics } from '../../../../lib/cli/export/promql/series.ts';
import type { ExportedAlarm } from '../../../../lib/cli/export/source.ts';
import type { MetricAlarm, MetricQuery } from '../../../../lib/cli/localMonitoring.ts';
import { loadLocal } from '../../../../lib/cli/localPackage.ts';
import { promqlFaults } from '../../../support/promql.ts';

const tools = await loadLocal();

function metric(id: string, name: string, statistic = 'Sum', periodSeconds = 300): MetricQuery {
  return {
    id,
    metric: { namespace: 'Own', name, dimensions: { api: 'a"b' }, statistic, periodSeconds },
    returnData: false,
  };
}

function alarmOn(queries: readonly MetricQuery[], parts: Partial<MetricAlarm> = {}): MetricAlarm {
  return {
    name: 'own',
    queries,
    periodSeconds: 300,
    evaluationPeriods: 1,
    datapointsToAlarm: 1,
    threshold: 3,
    comparison: 'GreaterThanOrEqualToThreshold',
    treatMissingData: 'notBreaching',
    alarmActions: ['topic'],
    ...parts,
  };
}

function exported(condition: ExportedAlarm['condition']): ExportedAlarm {
  return { name: 'own', region: 'eu-west-1', severity: 'page', summary: '', description: '', condition, causes: [] };
}

function textOf(alarm: MetricAlarm): string {
  const metrics = exporterMetrics([{ region: 'eu-west-1', queries: alarm.queries }]);
  const text = alarmText(exported({ kind: 'metric', alarm }), { metrics, tools });
  expect(promqlFaults(text)).toEqual([]);
  return text;
}

const A = 'max(aws_own_a_sum{dimension_api="a\\"b",region="eu-west-1"})';
const B = A.replace('own_a', 'own_b');
const of = (expression: string) =>
  textOf(alarmOn([{ id: 'e', expression, returnData: true }, metric('a', 'A'), metric('b', 'B')]));

describe('a PromQL expression of an alarm', () => {
  it.each([
    ['a', `${A} >= 3`],
    ['FILL(a, 0) + b', `((${A} or vector(0)) + (${B} or vector(0))) >= 3`],
    ['a + b', `((${A} + ${B}) or ${A} or ${B}) >= 3`],
    ['a - b', `((${A} - ${B}) or ${A} or -${B}) >= 3`],
    ['100 * a / b', `(((100 * ${A}) or vector(0)) / (${B} != 0)) >= 3`],
    ['IF(a > 2, b)', `(${B} and (${A} > 2)) >= 3`],
    [
      'IF(a > 2 AND b < 1, a, 0)',
      `((${A} and ((${A} > 2) and (${B} < 1))) or (vector(0) and ((${A} <= 2) or (${B} >= 1)))) >= 3`,
    ],
    ['EPOCH(a)', `(0 * ${A} + time()) >= 3`],
    ['SUM([a, b])', `sum(label_replace(${A}, "item", "0", "", "") or label_replace(${B}, "item", "1", "", "")) >= 3`],
    ['MAX([a])', `${A} >= 3`],
  ])('of %s counts a missing value as CloudWatch does', (expression, expected) => {
    expect(of(expression)).toBe(expected);
  });

  it('counts the periods that breach, of M of N', () => {
    const alarm = alarmOn([{ ...metric('a', 'A'), returnData: true }], { evaluationPeriods: 3, datapointsToAlarm: 2 });
    expect(textOf(alarm)).toBe(`sum_over_time((${A} >= bool 3)[900s:300s]) >= 2`);
  });

  it('counts periods without data where they breach', () => {
    const alarm = alarmOn([{ ...metric('a', 'A'), returnData: true }], { treatMissingData: 'breaching' });
    expect(textOf(alarm)).toBe(`(1 - (sum_over_time((${A} < bool 3)[300s:300s]) or vector(0))) >= 1`);
  });

  it.each([
    ['Sum', `sum_over_time(${A}[3600s:300s])`],
    ['Maximum', `max_over_time(${A.replace('_sum{', '_maximum{')}[3600s:300s])`],
    [
      'PR(:300)',
      `(sum_over_time((${A.replace('_sum{', '_pr__300_{')} * ${A.replace('_sum{', '_sample_count{')})[3600s:300s]) / (sum_over_time(${A.replace('_sum{', '_sample_count{')}[3600s:300s]) != 0))`,
    ],
  ])('makes %s over an hour of samples over five minutes', (statistic, expected) => {
    const alarm = alarmOn([{ ...metric('a', 'A', statistic, 3600), returnData: true }]);
    expect(textOf(alarm)).toBe(`${expected} >= 3`);
  });

  it('does not take series with more dimensions for the one without', () => {
    const more: MetricQuery = {
      id: 'b',
      metric: {
        namespace: 'Own',
        name: 'A',
        dimensions: { api: 'a"b', reason: 'x' },
        statistic: 'Sum',
        periodSeconds: 300,
      },
      returnData: false,
    };
    const text = textOf(alarmOn([{ id: 'e', expression: 'a', returnData: true }, metric('a', 'A'), more]));
    expect(text).toContain('dimension_api="a\\"b",dimension_reason="",region');
  });

  it.each([
    ['ANOMALY_DETECTION_BAND(a, 4)', /anomaly/],
    ["INSIGHT_RULE_METRIC('x', 'MaxContributorValue')", /Contributor Insights/],
    ['STDDEV(a)', /STDDEV/],
    ['RATE(a)', /RATE/],
  ])('of %s does not exist, with a reason', (expression, reason) => {
    expect(() => of(expression)).toThrow(reason);
  });

  it('of a percentile over an hour does not exist', () => {
    expect(() => textOf(alarmOn([{ ...metric('a', 'A', 'p99', 3600), returnData: true }]))).toThrow(
      /p99 of A over 3600 s/,
    );
  });

  it('follows the rule of a composite alarm', () => {
    const alarms = new Map(
      ['a', 'b'].map((id) => [id, alarmOn([{ ...metric(id, id.toUpperCase()), returnData: true }])]),
    );
    const rule = parseRule('(ALARM("arn:aws:cloudwatch:eu-west-1:000000000000:alarm:a") AND NOT ALARM("b")) OR FALSE');
    const metrics = exporterMetrics([...alarms.values()].map(({ queries }) => ({ region: 'eu-west-1', queries })));
    const text = alarmText(exported({ kind: 'rule', rule, alarms }), { metrics, tools });
    expect(text).toBe(`(((${A} >= 3) and (vector(1) unless (${B} >= 3))) or (vector(1) > 1))`);
    expect(promqlFaults(text)).toEqual([]);
    expect(() => parseRule('OK("a")')).toThrow(/state OK/);
  });
});
