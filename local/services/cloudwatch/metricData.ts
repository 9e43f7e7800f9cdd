import type { MetricQueryModel } from '../../assembly/model.ts';
import { readMetricQuery } from '../../assembly/resources/alarms.ts';
import { type Json, list, number, record } from '../../assembly/values.ts';
import { OperationError } from '../awsJson.ts';
import { instant } from './instant.ts';
import type { Range, Series } from './math/series.ts';
import { type MetricSources, oneSeries, queryValue } from './metricQueries.ts';

/** GetMetricData returns at most so many datapoints. */
const MAX_DATAPOINTS = 100_800;

const DEFAULT_PERIOD_SECONDS = 60;

/**
 * The results of GetMetricData: each query that returns data, the newest datapoint first unless the input asks for the other order.
 * An array of time series, such as a band, is one result for each of them.
 *
 * @throws {OperationError} for a query that cannot be computed here
 */
export function readMetricData(input: Json, sources: MetricSources): readonly Json[] {
  const described = list(input['MetricDataQueries']).map(record);
  const queries = described.map(readMetricQuery);
  const longest = Math.max(...queries.map(({ metric }) => metric?.periodSeconds ?? 0)) || DEFAULT_PERIOD_SECONDS;
  const isAscending = input['ScanBy'] === 'TimestampAscending';
  return queries.flatMap((query, index) => {
    if (!query.returnData) return [];
    const period = query.metric?.periodSeconds ?? number(described[index]?.['Period']) ?? longest;
    const range = rangeOf(instant(input, 'StartTime'), instant(input, 'EndTime'), period);
    const Label = described[index]?.['Label'] ?? query.id;
    return seriesOf(query, queries, sources).map((at) => {
      const points = pointsOf(at, range);
      if (isAscending) points.reverse();
      const [Timestamps, Values] = [points.map(({ time }) => time), points.map(({ value }) => value)];
      return { Id: query.id, Label, StatusCode: 'Complete', Timestamps, Values };
    });
  });
}

/** Periods start at multiples of their length. */
function rangeOf(start: number, end: number, periodSeconds: number): Range {
  const periodMs = periodSeconds * 1000;
  // A period as long as the range is one datapoint of it all.
  const last = periodMs >= end - start ? start + periodMs : Math.ceil(end / periodMs) * periodMs;
  const length = Math.ceil((last - start) / periodMs);
  if (length > 0 && length <= MAX_DATAPOINTS) return { end: last, periodMs, length };
  throw new OperationError('InvalidParameterValue', 'The range holds no datapoint, or too many.');
}

function seriesOf(
  query: MetricQueryModel,
  all: readonly MetricQueryModel[],
  sources: MetricSources,
): readonly Series[] {
  try {
    const value = queryValue(query, all, sources);
    return value.kind === 'list' ? value.items : [oneSeries(value)];
  } catch (error) {
    throw new OperationError('ValidationError', error instanceof Error ? error.message : String(error));
  }
}

/** Newest first, with epoch seconds. */
function pointsOf(at: Series, range: Range): { readonly time: number; readonly value: number }[] {
  return Array.from({ length: range.length }, (_, index) => index).flatMap((index) => {
    const value = at(range, index);
    return value === undefined ? [] : [{ time: (range.end - (index + 1) * range.periodMs) / 1000, value }];
  });
}
