import type { AlarmModel } from '../../assembly/model.ts';
import type { AlarmPoint } from './alarmPoint.ts';
import { evaluationRange } from './alarmState.ts';
import { BAND_HISTORY_MS } from './anomalyBand.ts';
import { MetricMathError } from './math/parse.ts';
import type { Range, Series } from './math/series.ts';
import { type MetricSources, oneSeries, queryValue } from './metricQueries.ts';

/** Returns an alarm's datapoints when its newest period ends at `end` (simulated ms): newest first, as many as are needed. */
export type AlarmData = (end: number) => readonly AlarmPoint[];

/**
 * Prepares what an alarm watches: a metric, or an expression over others.
 *
 * @throws {MetricMathError} with the reason, when a statistic or an expression cannot be computed here
 */
export function alarmData(alarm: AlarmModel, sources: MetricSources): AlarmData {
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

function bandOf({ queries, thresholdMetricId }: AlarmModel, sources: MetricSources): readonly Series[] {
  const query = queries.find(({ id }) => id === thresholdMetricId);
  const value = query && queryValue(query, queries, sources, []);
  if (value?.kind !== 'list' || value.items.length !== 2)
    throw new MetricMathError(`${thresholdMetricId} is no band of an upper and a lower bound`);
  return value.items;
}
