/**
 * The metric store: series by namespace, name and dimensions, each in buckets of ten simulated seconds (the shortest period
 * of an alarm), of a minute and of an hour, so that a window of a day is read from some 150 of them. Memory is bounded in age,
 * in number of series, and in distinct values of a bucket.
 */
import { addValue, type Bucket, type Datapoint, emptyBucket, mergeBuckets } from './bucket.ts';

/** Dimensions of a metric, name to value. */
export type Dimensions = Readonly<Record<string, string>>;

export interface MetricStore {
  /** @param times how often the value was seen. @default - once */
  put(namespace: string, name: string, dimensions: Dimensions, value: number, times?: number): void;
  /** The data from `start` up to, but without, `end` (simulated ms); `undefined` when there is none. */
  read(namespace: string, name: string, dimensions: Dimensions, start: number, end: number): Datapoint | undefined;
  /** Keeps the minutes of a metric for at least so many simulated milliseconds from now on; those of others for three hours. */
  keep(namespace: string, name: string, dimensions: Dimensions, ms: number): void;
  /** Whether a metric has any data. */
  has(namespace: string, name: string, dimensions: Dimensions): boolean;
  /** How many series are kept. */
  size(): number;
}

/** A label of high cardinality must not fill the memory: the series that was written least recently is dropped. */
const MAX_SERIES = 5_000;

const HOUR_MS = 3_600_000;

/**
 * Lengths of buckets, the longest first. As in CloudWatch, the finest data is kept for three hours.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
 */
const LEVELS = [HOUR_MS, 60_000, 10_000] as const;
const KEEP_MS = 3 * HOUR_MS;
const KEEP_HOURS_MS = 15 * 24 * HOUR_MS;

/** Buckets by number, in the order of their time; one map for each of {@link LEVELS}. */
type Series = readonly Map<number, Bucket>[];

/** @param now simulated milliseconds since the epoch */
export function createMetricStore(now: () => number): MetricStore {
  const all = new Map<string, Series>();
  const kept = new Map<string, number>();
  return {
    put(namespace, name, dimensions, value, times = 1) {
      if (!Number.isFinite(value) || !(times > 0)) return;
      const key = seriesKey(namespace, name, dimensions);
      const series: Series = all.get(key) ?? LEVELS.map(() => new Map());
      // Written last, it moves to the end, so the first key is the least recent one.
      all.delete(key);
      all.set(key, series);
      const oldest = all.size > MAX_SERIES ? all.keys().next().value : undefined;
      if (oldest !== undefined) all.delete(oldest);
      add(series, now(), value, times);
      prune(series, now(), kept.get(key) ?? KEEP_MS);
    },
    read(namespace, name, dimensions, start, end) {
      const series = all.get(seriesKey(namespace, name, dimensions));
      return series && mergeBuckets(bucketsOf(series, 0, start, end));
    },
    keep(namespace, name, dimensions, ms) {
      const key = seriesKey(namespace, name, dimensions);
      kept.set(key, Math.max(kept.get(key) ?? KEEP_MS, ms));
    },
    has: (namespace, name, dimensions) => all.has(seriesKey(namespace, name, dimensions)),
    size: () => all.size,
  };
}

function seriesKey(namespace: string, name: string, dimensions: Dimensions): string {
  const names = Object.keys(dimensions);
  if (names.length > 1) names.sort();
  let key = `${namespace}\0${name}`;
  for (const each of names) key += `\0${each}\0${dimensions[each]}`;
  return key;
}

function add(series: Series, time: number, value: number, times: number): void {
  for (const [level, length] of LEVELS.entries()) {
    const number = Math.floor(time / length);
    let bucket = series[level]?.get(number);
    if (bucket === undefined) {
      bucket = emptyBucket();
      series[level]?.set(number, bucket);
    }
    addValue(bucket, value, times);
  }
}

function prune(series: Series, time: number, minutesMs: number): void {
  const kept = [Math.max(KEEP_HOURS_MS, minutesMs), minutesMs, KEEP_MS];
  for (const [level, length] of LEVELS.entries()) {
    const oldest = time - (kept[level] ?? 0);
    for (const number of series[level]?.keys() ?? []) {
      if ((number + 1) * length > oldest) break;
      series[level]?.delete(number);
    }
  }
}

/** The buckets that cover a window: the longest ones within it, and shorter ones at its edges. */
function bucketsOf(series: Series, level: number, start: number, end: number): Bucket[] {
  const length = LEVELS[level];
  if (length === undefined || start >= end) return [];
  const first = Math.ceil(start / length);
  const last = level === LEVELS.length - 1 ? Math.ceil(end / length) : Math.floor(end / length);
  if (first >= last) return bucketsOf(series, level + 1, start, end);
  const found = bucketsOf(series, level + 1, start, first * length);
  for (let number = first; number < last; number++) {
    const bucket = series[level]?.get(number);
    if (bucket !== undefined) found.push(bucket);
  }
  found.push(...bucketsOf(series, level + 1, last * length, end));
  return found;
}
