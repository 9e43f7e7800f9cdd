import type { Datapoint } from './bucket.ts';

/** A statistic of the data in a period. */
export type Statistic = (data: Datapoint) => number | undefined;

const BASIC: Readonly<Record<string, Statistic>> = {
  Sum: (data) => data.sum,
  Average: (data) => data.sum / data.count,
  Minimum: (data) => data.minimum,
  Maximum: (data) => data.maximum,
  SampleCount: (data) => data.count,
  IQM: (data) => mean(within(data, { lower: 0.25, upper: 0.75, isShare: true })),
};

/** Which values a statistic takes: those above `lower` up to `upper`, as values or as shares of the ranked data. */
interface Bounds {
  readonly lower: number;
  readonly upper: number;
  readonly isShare: boolean;
}

/** A value with how often it was seen. */
type Weighted = readonly (readonly [value: number, times: number])[];

const BOUNDED: Readonly<Record<string, (data: Datapoint, bounds: Bounds) => number | undefined>> = {
  TM: (data, bounds) => mean(within(data, bounds)),
  TC: (data, bounds) => counted(within(data, bounds)),
  TS: (data, bounds) => summed(within(data, bounds)),
  WM: (data, bounds) => winsorized(data, bounds),
  PR: (data, bounds) => (100 * counted(within(data, bounds))) / data.count,
};

/**
 * The statistic of a name: Sum, Average, Minimum, Maximum, SampleCount, IQM, a percentile `p99.9`, a percentile rank
 * `PR(:300)`, and trimmed mean, count, sum and winsorized mean (`tm99`, `TM(10%:90%)`, `TC(:300)`, `ts90`, `wm98`).
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Statistics-definitions.html
 *
 * @returns `undefined` for any other
 */
export function statisticNamed(name: string): Statistic | undefined {
  if (Object.hasOwn(BASIC, name)) return BASIC[name];
  const short = /^(p|tm|tc|ts|wm)(\d{1,3}(?:\.\d+)?)$/.exec(name);
  if (short !== null) {
    const share = Number(short[2]) / 100;
    if (share > 1) return undefined;
    if (short[1] === 'p') return (data) => percentileOf(data, share);
    const bounded = BOUNDED[short[1]?.toUpperCase() ?? ''];
    return (data) => bounded?.(data, { lower: 0, upper: share, isShare: true });
  }
  const long = /^(TM|TC|TS|WM|PR)\((-?[\d.]+%?)?:(-?[\d.]+%?)?\)$/.exec(name);
  const bounded = BOUNDED[long?.[1] ?? ''];
  const bounds = long && boundsOf(long[2], long[3]);
  if (bounded === undefined || !bounds || (long[1] === 'PR' && bounds.isShare)) return undefined;
  return (data) => bounded(data, bounds);
}

/** Both bounds are values, or both are percentages; one of them can be left out. */
function boundsOf(lower: string | undefined, upper: string | undefined): Bounds | undefined {
  const given = [lower, upper].filter((bound) => bound !== undefined);
  const isShare = given.some((bound) => bound.endsWith('%'));
  if (given.length === 0 || given.some((bound) => bound.endsWith('%') !== isShare)) return undefined;
  const numberOf = (bound: string) => (isShare ? Number(bound.slice(0, -1)) / 100 : Number(bound));
  const bounds = {
    lower: lower === undefined ? Number.NEGATIVE_INFINITY : numberOf(lower),
    upper: upper === undefined ? Number.POSITIVE_INFINITY : numberOf(upper),
    isShare,
  };
  return Number.isNaN(bounds.lower) || Number.isNaN(bounds.upper) ? undefined : bounds;
}

const ranked = (data: Datapoint): Weighted => [...data.values].sort(([a], [b]) => a - b);

/** A lower bound is exclusive, an upper one inclusive. */
function within(data: Datapoint, { lower, upper, isShare }: Bounds): Weighted {
  if (!isShare) return ranked(data).filter(([value]) => value > lower && value <= upper);
  const [first, last] = [Math.max(0, lower) * data.count, Math.min(1, upper) * data.count];
  let seen = 0;
  return ranked(data).flatMap(([value, times]) => {
    const taken = Math.min(seen + times, last) - Math.max(seen, first);
    seen += times;
    return taken > 0 ? [[value, taken] as const] : [];
  });
}

function winsorized(data: Datapoint, { lower, upper, isShare }: Bounds): number {
  const low = isShare ? percentileOf(data, Math.max(0, lower)) : lower;
  const high = isShare ? percentileOf(data, Math.min(1, upper)) : upper;
  return summed(ranked(data).map(([value, times]) => [Math.min(Math.max(value, low), high), times])) / data.count;
}

const counted = (values: Weighted) => values.reduce((total, [, times]) => total + times, 0);
const summed = (values: Weighted) => values.reduce((total, [value, times]) => total + value * times, 0);

function mean(values: Weighted): number | undefined {
  const count = counted(values);
  return count === 0 ? undefined : summed(values) / count;
}

/** Nearest rank, on values of three digits; never outside what was seen. */
function percentileOf(data: Datapoint, rank: number): number {
  const wanted = Math.max(1, Math.ceil(rank * data.count));
  let seen = 0;
  for (const [value, times] of ranked(data)) {
    seen += times;
    if (seen >= wanted) return Math.min(Math.max(value, data.minimum), data.maximum);
  }
  return data.maximum;
}
