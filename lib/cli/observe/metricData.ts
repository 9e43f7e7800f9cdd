import type { CloudWatch } from './alarmList.ts';
import type { CataloguedMetric } from './metricCatalogue.ts';

/** A metric with its datapoints, the oldest first. */
export interface MetricSeries {
  readonly metric: CataloguedMetric;
  /** One for each period, undefined where there is none. */
  readonly values: readonly (number | undefined)[];
}

/** Periods in milliseconds since 1970. */
export interface Periods {
  readonly from: number;
  readonly to: number;
  readonly periodMs: number;
}

/** So many datapoints are drawn beside each other. */
const WIDTH = 60;
const MINUTE_MS = 60_000;

/** The periods of a time that ends now: of a length that people read, so that they fit into a line, unless one is given. */
export function periodsOf(now: number, sinceMs: number, periodMs?: number): Periods {
  const lengths = [1, 5, 15, 60, 360, 1_440].map((minutes) => minutes * MINUTE_MS);
  const chosen = periodMs ?? lengths.find((length) => sinceMs / length <= WIDTH) ?? 1_440 * MINUTE_MS;
  const to = Math.ceil(now / chosen) * chosen;
  return { from: to - Math.max(1, Math.ceil(sinceMs / chosen)) * chosen, to, periodMs: chosen };
}

/** Reads metrics by GetMetricData, which is billed by the metric: https://aws.amazon.com/cloudwatch/pricing/ */
export async function metricSeries(
  { sdk, client, source }: CloudWatch,
  metrics: readonly CataloguedMetric[],
  { from, to, periodMs }: Periods,
): Promise<readonly MetricSeries[]> {
  const input = {
    StartTime: new Date(from),
    EndTime: new Date(to),
    ScanBy: sdk.ScanBy.TIMESTAMP_ASCENDING,
    MetricDataQueries: metrics.map(({ of, statistic }, index) => {
      const { namespace, metric, dimensions } = of(source.name);
      const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
      const Metric = { Namespace: namespace, MetricName: metric, Dimensions };
      return { Id: `m${index}`, MetricStat: { Metric, Period: periodMs / 1000, Stat: statistic } };
    }),
  };
  const values = new Map<string, number>();
  for await (const { MetricDataResults = [] } of sdk.paginateGetMetricData({ client }, input)) {
    for (const { Id, Timestamps = [], Values = [] } of MetricDataResults)
      for (const [index, time] of Timestamps.entries()) {
        const value = Values[index];
        if (value !== undefined) values.set(`${Id} ${time.getTime()}`, value);
      }
  }
  return metrics.map((metric, index) => {
    const times = Array.from({ length: (to - from) / periodMs }, (_, period) => from + period * periodMs);
    return { metric, values: times.map((time) => values.get(`m${index} ${time}`)) };
  });
}
