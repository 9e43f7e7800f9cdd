import type { MetricQuery, QueriedMetric } from '../../localMonitoring.ts';
import { NotExpressible } from '../notExpressible.ts';
import type { MathTools } from '../source.ts';

/** The longest window of a sample of the exporter. Longer ones are sums over time. */
const WINDOW_SECONDS = 300;

/** How the exporter reads a metric: one window for all its statistics, because neither name nor labels have the period. */
export interface ExporterMetric {
  readonly namespace: string;
  readonly name: string;
  seconds: number;
  readonly statistics: Set<string>;
  /** Sets of dimensions, each sorted and joined. */
  readonly dimensions: Set<string>;
  readonly regions: Set<string>;
}

/** The metrics that queries read, by namespace and name. */
export type ExporterMetrics = ReadonlyMap<string, ExporterMetric>;

export function exporterMetrics(
  read: readonly { readonly region: string; readonly queries: readonly MetricQuery[] }[],
): ExporterMetrics {
  const all = new Map<string, ExporterMetric>();
  for (const { region, queries } of read) {
    for (const { metric } of queries) {
      if (metric === undefined) continue;
      const { namespace, name } = metric;
      const known = all.get(keyOf(metric)) ?? {
        namespace,
        name,
        seconds: WINDOW_SECONDS,
        statistics: new Set(),
        dimensions: new Set(),
        regions: new Set(),
      };
      known.seconds = Math.min(known.seconds, metric.periodSeconds);
      for (const statistic of [metric.statistic, ...(isWeighted(metric.statistic) ? ['SampleCount'] : [])])
        known.statistics.add(statistic);
      known.dimensions.add(Object.keys(metric.dimensions).sort().join(','));
      known.regions.add(region);
      all.set(keyOf(metric), known);
    }
  }
  return all;
}

function keyOf({ namespace, name }: QueriedMetric): string {
  return `${namespace}\0${name}`;
}

/** A share or a mean of a longer window is that of its parts, weighted by how many values each has. */
function isWeighted(statistic: string): boolean {
  return statistic === 'Average' || statistic.startsWith('PR(');
}

/** Dimensions that a metric of AWS has in other series than the one without dimensions. */
const MORE_DIMENSIONS: Readonly<Record<string, readonly string[]>> = {
  'AWS/Lambda': ['ExecutedVersion', 'FunctionName', 'Resource'],
};

const OVER_TIME: Readonly<Record<string, string>> = { Sum: 'sum', SampleCount: 'sum', Maximum: 'max', Minimum: 'min' };

/**
 * A metric with its statistic over its period, as an instant vector without labels.
 *
 * @throws {NotExpressible} for a percentile of a longer window than the exporter's
 */
export function metricVector(
  metric: QueriedMetric,
  { metrics, region, tools }: { readonly metrics: ExporterMetrics; readonly region: string; readonly tools: MathTools },
): string {
  const known = metrics.get(keyOf(metric));
  const seconds = known?.seconds ?? WINDOW_SECONDS;
  const { statistic, periodSeconds } = metric;
  const sample = (name: string) => `max(${selector({ ...metric, statistic: name }, known, region, tools)})`;
  if (periodSeconds === seconds) return sample(statistic);
  const over = `[${periodSeconds}s:${seconds}s]`;
  const name = OVER_TIME[statistic];
  if (name !== undefined) return `${name}_over_time(${sample(statistic)}${over})`;
  if (isWeighted(statistic)) {
    const count = sample('SampleCount');
    return `(sum_over_time((${sample(statistic)} * ${count})${over}) / (sum_over_time(${count}${over}) != 0))`;
  }
  throw new NotExpressible(
    `${statistic} of ${metric.name} over ${periodSeconds} s cannot be made of values over ${seconds} s`,
  );
}

function selector(
  { namespace, name, dimensions, statistic }: QueriedMetric,
  known: ExporterMetric | undefined,
  region: string,
  { exporterName, exporterLabel }: MathTools,
): string {
  const others = [...(known?.dimensions ?? [])].flatMap((set) => (set === '' ? [] : set.split(',')));
  const own = Object.keys(dimensions);
  // Series of the same metric with more dimensions would match, too.
  const absent = [...others, ...(own.length === 0 ? (MORE_DIMENSIONS[namespace] ?? []) : [])];
  const labels = new Map<string, string>(absent.map((dimension) => [exporterLabel(dimension), '']));
  for (const dimension of own) labels.set(exporterLabel(dimension), dimensions[dimension] ?? '');
  labels.set('region', region);
  const matchers = [...labels]
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([label, value]) => `${label}=${JSON.stringify(value)}`);
  return `${exporterName(namespace, name, statistic)}{${matchers.join(',')}}`;
}
