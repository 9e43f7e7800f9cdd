import {
  Color,
  type HorizontalAnnotation,
  type IMetric,
  type IWidget,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { DEFAULT_SLO } from '../../../definition/slo.ts';
import { FIVE_MINUTES, groupErrors, tierLatency, tierMetric } from '../metrics.ts';
import { alarmLines, thresholdsOf } from './alarmLines.ts';
import type { DashboardParts } from './parts.ts';
import { type Draft, graph, MOST_LINES, percentiles, row, rows, titleOf } from './widgets.ts';

const PERCENTILES = ['p50', 'p90', 'p99'];

/** How much there is, and how fast: of the API, then by group of routes, then by tier. */
export function trafficSection(parts: DashboardParts): readonly IWidget[] {
  return [...ofApi(parts), ...ofGroups(parts), ...ofTiers(parts)];
}

function ofApi({ specs, stage, ...parts }: DashboardParts): readonly IWidget[] {
  const count = { statistic: Stats.SUM, period: FIVE_MINUTES };
  const responses = [
    stage.metricCount({ ...count, label: 'all' }),
    stage.metricClientError({ ...count, label: '4xx' }),
    stage.metricServerError({ ...count, label: '5xx' }),
  ];
  const { lines: usual } = alarmLines(specs, ['Surge'], () => 'usual');
  return row(
    graph({ title: 'Requests in five minutes, and what is usual', lines: [...responses, ...usual] }),
    graph({
      title: 'Latency of responses',
      lines: percentiles((statistic) => stage.metricLatency({ statistic })),
      thresholds: objectiveOf(parts),
      unit: 'ms',
    }),
  );
}

function ofGroups({ functions, restApi, ...parts }: DashboardParts): readonly IWidget[] {
  const groups = Object.entries(functions);
  const count = { statistic: Stats.SUM, period: FIVE_MINUTES };
  const requests = groups.map(([label, fn]) => fn.metricInvocations({ ...count, label }));
  const failed = failures(restApi.restApiName, groups);
  const durations = PERCENTILES.map((statistic) =>
    latencyGraph(
      `Duration ${statistic} by group of routes`,
      groups.map(([label, fn]) => fn.metricDuration({ statistic, period: FIVE_MINUTES, label })),
      statistic === 'p99' ? objectiveOf(parts) : [],
    ),
  );
  return [
    ...row(
      graph({
        title: titleOf('Requests that reached functions, by group of routes', requests),
        lines: requests,
        stacked: true,
      }),
      graph({ title: titleOf('Requests that functions ended with 5xx, by group of routes', failed), lines: failed }),
    ),
    ...row(...durations),
  ];
}

/** Requests that ended with 5xx. Of many functions those that crash are left to the next section, because a template has 1 MB. */
function failures(apiName: string, groups: readonly (readonly [string, LambdaFunction])[]): readonly IMetric[] {
  if (groups.length > MOST_LINES)
    return groups.map(([label]) => groupErrors(apiName, label, FIVE_MINUTES).with({ label }));
  return groups.map(([label, fn], i) => {
    const usingMetrics = {
      [`caught${i}`]: groupErrors(apiName, label, FIVE_MINUTES),
      [`crashed${i}`]: fn.metricErrors({ statistic: Stats.SUM, period: FIVE_MINUTES }),
    };
    return new MathExpression({
      expression: Object.keys(usingMetrics)
        .map((id) => `FILL(${id}, 0)`)
        .join(' + '),
      usingMetrics,
      label,
      period: FIVE_MINUTES,
    });
  });
}

function ofTiers(parts: DashboardParts): readonly IWidget[] {
  const { api, specs } = parts;
  const name = parts.restApi.restApiName;
  // Callers of public routes have none.
  const tiers = [...Object.keys(api.tiers), ...(api.anonymous === undefined ? [] : ['-'])];
  const labelOf = (tier: string) => (tier === '-' ? 'without a token' : tier);
  const by = (metric: 'Requests' | 'Throttled') =>
    tiers.map((tier) => tierMetric(name, metric, tier).with({ label: labelOf(tier) }));
  const shares = tiers.map((tier, i): IMetric => {
    const usingMetrics = {
      [`throttled${i}`]: tierMetric(name, 'Throttled', tier),
      [`requests${i}`]: tierMetric(name, 'Requests', tier),
    };
    const expression = `100 * FILL(throttled${i}, 0) / requests${i}`;
    return new MathExpression({ expression, usingMetrics, label: labelOf(tier), period: FIVE_MINUTES });
  });
  const requests = by('Requests');
  const latencies = PERCENTILES.map((statistic) =>
    latencyGraph(
      `Latency ${statistic} by tier`,
      tiers.map((tier) => tierLatency(name, tier, statistic).with({ label: labelOf(tier) })),
      statistic === 'p99' ? objectiveOf(parts) : [],
    ),
  );
  return [
    ...rows(
      [
        graph({ title: titleOf('Requests by tier', requests), lines: requests, stacked: true }),
        graph({
          title: titleOf('Throttled (429), % of the requests of a tier', shares),
          lines: shares,
          thresholds: thresholdsOf(specs.filter(({ family }) => family === 'Throttling')),
          unit: '%',
        }),
      ],
      2,
    ),
    ...row(...latencies),
  ];
}

function latencyGraph(title: string, lines: readonly IMetric[], thresholds: readonly HorizontalAnnotation[]): Draft {
  return graph({ title: titleOf(title, lines), lines, thresholds, unit: 'ms' });
}

function objectiveOf({ api, thresholds }: Pick<DashboardParts, 'api' | 'thresholds'>): readonly HorizontalAnnotation[] {
  const value = thresholds.p99Ms ?? (api.slo ?? DEFAULT_SLO).p99;
  return [{ value, label: `objective of p99: ${value} ms`, color: Color.GREY }];
}
