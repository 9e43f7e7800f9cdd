import type { MetricQueryModel } from '../../assembly/model.ts';
import { anomalyBand } from './anomalyBand.ts';
import { compileMath, type References } from './math/compile.ts';
import { MetricMathError, parseMath } from './math/parse.ts';
import { type Point, remembered, type Series, type Value } from './math/series.ts';
import type { MetricStore } from './metricStore.ts';
import { statisticNamed } from './statistics.ts';

/** Returns the values of a metric of a Contributor Insights rule; throws when there is no such rule or metric. */
export type InsightMetrics = (rule: string, metric: string) => (start: number, end: number) => Point;

/** Where queries read from. */
export interface MetricSources {
  readonly store: MetricStore;
  readonly insights: InsightMetrics;
}

/** @throws {MetricMathError} for an array, and for a single number */
export function oneSeries(value: Value): Series {
  if (value.kind === 'series') return value.at;
  throw new MetricMathError(
    value.kind === 'list'
      ? 'the result is an array of time series, not one'
      : 'the result is a single number, not a time series',
  );
}

/**
 * What a query returns: a metric, or an expression over the others.
 *
 * @param above ids of the queries that read it
 * @throws {MetricMathError} with the reason, when a statistic or an expression cannot be computed here
 */
export function queryValue(
  query: MetricQueryModel,
  all: readonly MetricQueryModel[],
  sources: MetricSources,
  above: readonly string[] = [],
): Value {
  if (above.includes(query.id)) throw new MetricMathError(`the expression ${query.id} refers to itself`);
  if (query.metric !== undefined) return { kind: 'series', at: metricSeries(query.metric, sources.store) };
  if (query.expression === undefined)
    throw new MetricMathError(`the query ${query.id} has neither metric nor expression`);
  const value = compileMath(parseMath(query.expression), references(query, all, sources, above));
  return value.kind === 'series' ? { kind: 'series', at: remembered(value.at) } : value;
}

function references(
  query: MetricQueryModel,
  all: readonly MetricQueryModel[],
  sources: MetricSources,
  above: readonly string[],
): References {
  const compiled = new Map<string, Value>();
  const find = (id: string) => {
    const other = all.find((candidate) => candidate.id === id);
    if (other === undefined) throw new MetricMathError(`the expression ${query.id} uses ${id}, which is not defined`);
    const value = compiled.get(id) ?? queryValue(other, all, sources, [...above, query.id]);
    compiled.set(id, value);
    return { value, isMetric: other.metric !== undefined };
  };
  return {
    query: find,
    metrics: (part) =>
      all
        .filter(({ id, metric }) => metric !== undefined && id.includes(part))
        .map(({ id }) => oneSeries(find(id).value)),
    insight(rule, metric) {
      const read = sources.insights(rule, metric);
      return remembered(({ end, periodMs }, index) => read(end - (index + 1) * periodMs, end - index * periodMs));
    },
    band(id, width) {
      const metrics = all.flatMap(({ metric }) => metric ?? []);
      const since = () =>
        Math.min(...metrics.flatMap((each) => sources.store.since(each.namespace, each.name, each.dimensions) ?? []));
      return anomalyBand(oneSeries(find(id).value), width, since);
    },
  };
}

function metricSeries(metric: NonNullable<MetricQueryModel['metric']>, store: MetricStore): Series {
  const { namespace, name, dimensions } = metric;
  const statistic = statisticNamed(metric.statistic);
  if (statistic === undefined) throw new MetricMathError(`the statistic ${metric.statistic} is not computed here`);
  const read = store.reader(namespace, name, dimensions);
  return remembered(({ end, periodMs }, index) => {
    const data = read(end - (index + 1) * periodMs, end - index * periodMs);
    return data && statistic(data);
  });
}
