import { AlarmStatusWidget, type IWidget, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { DEFAULT_SLO } from '../../../definition/slo.ts';
import type { CompositeSpec } from '../alarmSpec.ts';
import { isComposite } from '../alarmSpec.ts';
import { chunks } from '../expressions.ts';
import { FIVE_MINUTES } from '../metrics.ts';
import { SLOW_BUDGET } from '../objectiveAlarms.ts';
import { alarmLines, longestWindows, thresholdsOf } from './alarmLines.ts';
import type { DashboardParts } from './parts.ts';
import { type Draft, graph, number, row, titleOf } from './widgets.ts';

/** Alarms of one status widget: https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html */
const MOST_ALARMS = 100;
/** Tiles of alarms beside each other, and how high they are in rows of the dashboard. */
const TILES = 6;

/** Which alarms fire, whether the objectives are kept, and which group of routes uses up its error budget. */
export function healthSection(parts: DashboardParts): readonly IWidget[] {
  return [...statuses(parts), ...numbers(parts), ...burnRates(parts)];
}

/** The alarms that wake somebody, then the others. */
function statuses({ alarms, specs }: DashboardParts): readonly IWidget[] {
  const withSpecs = alarms.map((alarm, i) => ({ alarm, spec: specs[i] }));
  const kinds = [
    { title: 'Alarms that page', alarms: withSpecs.filter(({ spec }) => spec?.severity === 'page') },
    { title: 'Alarms for the working day', alarms: withSpecs.filter(({ spec }) => spec?.severity !== 'page') },
  ].map(({ title, alarms: all }) => ({ title, alarms: all.map(({ alarm }) => alarm) }));
  const height = Math.min(12, Math.max(...kinds.map((kind) => 1 + Math.ceil(kind.alarms.length / TILES))));
  const drafts = kinds.flatMap((kind) =>
    chunks(kind.alarms, MOST_ALARMS).map((chunk): Draft => {
      return (width) => new AlarmStatusWidget({ title: kind.title, alarms: [...chunk], width, height });
    }),
  );
  return row(...drafts);
}

/** The objectives in the range that the dashboard shows. */
function numbers({ api, stage, thresholds }: DashboardParts): readonly IWidget[] {
  const { availability, p99: objective } = api.slo ?? DEFAULT_SLO;
  const p99 = thresholds.p99Ms ?? objective;
  const metrics = {
    errors: stage.metricServerError({ statistic: Stats.SUM, period: FIVE_MINUTES }),
    requests: stage.metricCount({ statistic: Stats.SUM, period: FIVE_MINUTES }),
  };
  const value = (expression: string, label: string) =>
    new MathExpression({ expression, usingMetrics: metrics, label, period: FIVE_MINUTES });
  const budget = Number((100 - availability).toPrecision(6));
  const fast = stage.metricLatency({
    statistic: Stats.percentileRank(p99),
    period: FIVE_MINUTES,
    label: `%, objective ${100 - SLOW_BUDGET}`,
  });
  return row(
    number('Requests', metrics.requests.with({ label: 'requests' })),
    number(
      'Responses that are not 5xx',
      value('100 - 100 * FILL(errors, 0) / requests', `%, objective ${availability}`),
    ),
    number(
      'Error budget used',
      value(`100 * (100 * FILL(errors, 0) / requests) / ${budget}`, '% of what the objective allows'),
    ),
    number(`Responses within ${p99} ms`, fast),
  );
}

function burnRates({ specs }: DashboardParts): readonly IWidget[] {
  const composites = specs.filter(isComposite);
  const label = ({ id }: { readonly id: string }) => (id.endsWith('Slow') ? 'slow' : 'fast');
  const ofApi = (family: string) => alarmLines(composites, [family, `${family}Slow`], label);
  const ofGroups = (family: string) =>
    composites.filter(({ id }) => id.startsWith(`${family}Of`) && !id.endsWith('Slow'));
  const groups: readonly Draft[] = [
    { title: '5xx by group of routes in an hour, % of requests', specs: ofGroups('ServerErrors') },
    { title: 'Too slow by group of routes in an hour, % of requests', specs: ofGroups('Latency') },
  ].flatMap(({ title, specs: made }) => (made.length === 0 ? [] : [groupGraph(title, made)]));
  const drafts = [
    graph({ title: '5xx, % of responses: how fast the error budget burns', ...ofApi('ServerErrors'), unit: '%' }),
    graph({ title: 'Too slow, % of responses: how fast the budget burns', ...ofApi('Latency'), unit: '%' }),
    ...groups,
  ];
  return [...row(...drafts.slice(0, 2)), ...(groups.length === 0 ? [] : row(...groups))];
}

function groupGraph(title: string, specs: readonly CompositeSpec[]): Draft {
  const lines = longestWindows(specs, ({ group, id }) => group ?? id);
  return graph({ title: titleOf(title, lines), lines, thresholds: thresholdsOf(specs), unit: '%' });
}
