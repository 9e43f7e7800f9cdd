import type { Datapoint } from './metricStore.ts';

/** A statistic of the data in a period. */
export type Statistic = (data: Datapoint) => number;

const BASIC: Readonly<Record<string, Statistic>> = {
  Sum: (data) => data.sum,
  Average: (data) => data.sum / data.count,
  Minimum: (data) => data.minimum,
  Maximum: (data) => data.maximum,
  SampleCount: (data) => data.count,
};

/**
 * The statistic of a name: Sum, Average, Minimum, Maximum, SampleCount, or a percentile `p0`–`p100` such as `p99.9`.
 *
 * @returns `undefined` for any other (trimmed means, percentile ranks and so on are not computed here)
 */
export function statisticNamed(name: string): Statistic | undefined {
  const percentile = /^p(\d{1,3}(?:\.\d+)?)$/.exec(name)?.[1];
  if (percentile === undefined) return Object.hasOwn(BASIC, name) ? BASIC[name] : undefined;
  const rank = Number(percentile) / 100;
  return rank <= 1 ? (data) => percentileOf(data, rank) : undefined;
}

/** Nearest rank, on values of three digits; never outside what was seen. */
function percentileOf(data: Datapoint, rank: number): number {
  const wanted = Math.max(1, Math.ceil(rank * data.count));
  let seen = 0;
  for (const value of [...data.values.keys()].sort((a, b) => a - b)) {
    seen += data.values.get(value) ?? 0;
    if (seen >= wanted) return Math.min(Math.max(value, data.minimum), data.maximum);
  }
  return data.maximum;
}
