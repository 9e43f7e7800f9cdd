import type { AlarmModel, MetricQueryModel } from '../../assembly/model.ts';
import type { AlarmPoint } from './alarmPoint.ts';
import { evaluationRange } from './alarmState.ts';
import { anomalyBand, BAND_HISTORY_MS } from './anomalyBand.ts';
import { compileMath, type References } from './math/compile.ts';
import { MetricMathError, parseMath } from './math/parse.ts';
import { type Point, type Range, remembered, type Series, type Value } from './math/series.ts';
import type { MetricStore } from './metricStore.ts';
import { statisticNamed } from './statistics.ts';

/** Returns an alarm's datapoints when its newest period ends at `end` (simulated ms): newest first, as many as are needed. */
export type AlarmData = (end: number) => readonly AlarmPoint[];

/** Returns the values of a metric of a Contributor Insights rule; throws when there is no such rule or metric. */
export type InsightMetrics = (rule: string, metric: string) => (start: number, end: number) => Point;

/** Where alarms read from. */
export interface AlarmSources {
  readonly store: MetricStore;
  readonly insights: InsightMetrics;
}

/**
 * Prepares what an alarm watches: a metric, or an expression over others.
 *
 * @throws {MetricMathError} with the reason, when a statistic or an expression cannot be computed here
 */
export function alarmData(alarm: AlarmModel, sources: AlarmSources): AlarmData {
  const band = alarm.thresholdMetricId === undefined ? undefined : bandOf(alarm, sources);
  const returned = alarm.queries.filter((query) => query.returnData && query.id !== alarm.thresholdMetricId);
  const watched = returned[0] ?? (alarm.queries.length === 1 ? alarm.queries[0] : undefined);
  if (watched === undefined || returned.length > 1) throw new MetricMathError('exactly one query must return data');
  const at = oneSeries(queryValue(watched, alarm.queries, sources, []));
  const [periodMs, length] = [alarm.periodSeconds * 1000, evaluationRange(alarm)];
  return (end) => {
    const range: Range = { end, periodMs, length };
    const point = (_: unknown, index: number) => alarmPoint(at, band, range, index);
    const newest = Array.from({ length: alarm.evaluationPeriods }, point);
    // Older periods count only where one is missing.
    return newest.every(({ value }) => value !== undefined) ? newest : Array.from({ length }, point);
  };
}

/** How far back an alarm reads, in milliseconds. */
export function lookBackMs(alarm: AlarmModel): number {
  const hasBand = alarm.queries.some(({ expression = '' }) => expression.includes('ANOMALY_DETECTION_BAND'));
  return alarm.periodSeconds * 1000 * evaluationRange(alarm) + (hasBand ? BAND_HISTORY_MS : 0);
}

function alarmPoint(at: Series, band: readonly Series[] | undefined, range: Range, index: number): AlarmPoint {
  const start = range.end - (index + 1) * range.periodMs;
  const value = at(range, index);
  if (band === undefined || value === undefined) return { start, value };
  const [upper, lower] = band.map((bound) => bound(range, index));
  return upper === undefined || lower === undefined ? { start, value: undefined } : { start, value, upper, lower };
}

function bandOf({ queries, thresholdMetricId }: AlarmModel, sources: AlarmSources): readonly Series[] {
  const query = queries.find(({ id }) => id === thresholdMetricId);
  const value = query && queryValue(query, queries, sources, []);
  if (value?.kind !== 'list' || value.items.length !== 2)
    throw new MetricMathError(`${thresholdMetricId} is no band of an upper and a lower bound`);
  return value.items;
}

function oneSeries(value: Value): Series {
  if (value.kind === 'series') return value.at;
  throw new MetricMathError(
    value.kind === 'list'
      ? 'the result is an array of time series, not one'
      : 'the result is a single number, not a time series',
  );
}

function queryValue(
  query: MetricQueryModel,
  all: readonly MetricQueryModel[],
  sources: AlarmSources,
  above: readonly string[],
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
  sources: AlarmSources,
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
    band: (id, width) => anomalyBand(oneSeries(find(id).value), width),
  };
}

function metricSeries(metric: NonNullable<MetricQueryModel['metric']>, store: MetricStore): Series {
  const { namespace, name, dimensions } = metric;
  const statistic = statisticNamed(metric.statistic);
  if (statistic === undefined) throw new MetricMathError(`the statistic ${metric.statistic} is not computed here`);
  return remembered(({ end, periodMs }, index) => {
    const data = store.read(namespace, name, dimensions, end - (index + 1) * periodMs, end - index * periodMs);
    return data && statistic(data);
  });
}
