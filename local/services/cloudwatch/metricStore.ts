/**
 * The metric store: series by namespace, name and dimensions, each in buckets of ten simulated seconds (the shortest period
 * of an alarm), of a minute and of an hour, so that a window of a day is read from some 150 of them. Memory is bounded in age,
 * in number of series, and in distinct values of a bucket.
 */
import { addValue, type Bucket, type Datapoint, emptyBucket, mergeBuckets, roundedValue } from './bucket.ts';
import { createSeriesKeys, type Dimensions } from './seriesKey.ts';
import { createWindowCache, type WindowCache } from './windowCache.ts';

export type { Dimensions };

export interface MetricStore {
  /**
   * @param times how often the value was seen. @default - once
   * @param time simulated ms. @default - now
   */
  put(namespace: string, name: string, dimensions: Dimensions, value: number, times?: number, time?: number): void;
  /** The data from `start` up to, but without, `end` (simulated ms); `undefined` when there is none. */
  read(namespace: string, name: string, dimensions: Dimensions, start: number, end: number): Datapoint | undefined;
  /** {@link read} of one metric, for those who read it often. */
  reader(namespace: string, name: string, dimensions: Dimensions): Reader;
  /** Keeps the minutes of a metric for at least so many simulated milliseconds from now on; those of others for three hours. */
  keep(namespace: string, name: string, dimensions: Dimensions, ms: number): void;
  /** Whether a metric has any data. */
  has(namespace: string, name: string, dimensions: Dimensions): boolean;
  /** When the first data of a metric was from (simulated ms); `undefined` when it has none. */
  since(namespace: string, name: string, dimensions: Dimensions): number | undefined;
  /** All values of a metric since it was first put; `undefined` when it has none. */
  totals(namespace: string, name: string, dimensions: Dimensions): Totals | undefined;
  /** Every metric that has data, the one that was written least recently first. */
  list(): readonly MetricName[];
  /** How many series are kept. */
  size(): number;
}

/** Reads the data of a metric as {@link MetricStore.read} does. */
export type Reader = (start: number, end: number) => Datapoint | undefined;

/** What was put into a metric, whatever its time. */
export interface Totals {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
}

/** A label of high cardinality must not fill the memory: the series that was written least recently is dropped. */
const MAX_SERIES = 5_000;

const HOUR_MS = 3_600_000;

/**
 * Lengths of buckets, the longest first. As in CloudWatch, the finest data is kept for three hours.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_concepts.html#metrics-retention
 */
const SHORTEST_MS = 10_000;
const LEVELS = [HOUR_MS, 60_000, SHORTEST_MS] as const;
const KEEP_MS = 3 * HOUR_MS;
const KEEP_HOURS_MS = 15 * 24 * HOUR_MS;

/** What a series is of. */
export interface MetricName {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Dimensions;
}

/** One map for each of {@link LEVELS}: buckets by number, in the order of their time unless data of the past was put. */
interface Series {
  readonly metric: MetricName;
  since: number;
  readonly totals: { count: number; sum: number; minimum: number };
  readonly levels: readonly Map<number, Bucket>[];
  readonly windows: WindowCache<Datapoint | undefined>;
  readonly latest: Latest;
}

/**
 * The value that was put last, while it is repeated within one of the shortest buckets. Most metrics of requests count to one or
 * stay at zero, so a request adds to few buckets.
 */
interface Latest {
  value: number;
  times: number;
  time: number;
  bucket: number;
}

/** @param now simulated milliseconds since the epoch */
export function createMetricStore(now: () => number): MetricStore {
  const all = new Map<string, Series>();
  const kept = new Map<string, number>();
  const seriesKey = createSeriesKeys();
  const reader = (namespace: string, name: string, dimensions: Dimensions): Reader => {
    const key = seriesKey(namespace, name, dimensions);
    return (start, end) => {
      const series = all.get(key);
      if (series === undefined) return undefined;
      addLatest(series, key);
      return series.windows.read(start, end, () => mergeBuckets(bucketsOf(series, 0, start, end)));
    };
  };
  /** Adds the latest value to the buckets. */
  const addLatest = (series: Series, key: string): void => {
    const { value, times, time } = series.latest;
    if (times === 0) return;
    series.latest.times = 0;
    // Only a new bucket makes others too old.
    if (add(series, time, value, times)) prune(series, now(), kept.get(key) ?? KEEP_MS);
  };
  return {
    put(namespace, name, dimensions, value, times = 1, time = now()) {
      if (!Number.isFinite(value) || !(times > 0)) return;
      const key = seriesKey(namespace, name, dimensions);
      const found = all.get(key);
      const series = found ?? newSeries({ namespace, name, dimensions });
      // Written last, it moves to the end, so the first key is the least recent one. Before the store is half full, that is no matter.
      if (found === undefined || all.size > MAX_SERIES / 2) {
        all.delete(key);
        all.set(key, series);
        const oldest = all.size > MAX_SERIES ? all.keys().next().value : undefined;
        if (oldest !== undefined) all.delete(oldest);
      }
      series.since = Math.min(series.since, time);
      addTotal(series, value, times);
      const { latest } = series;
      const bucket = Math.floor(time / SHORTEST_MS);
      if (latest.value !== value || latest.bucket !== bucket) {
        addLatest(series, key);
        latest.value = value;
        latest.time = time;
        latest.bucket = bucket;
      }
      latest.times += times;
    },
    read: (namespace, name, dimensions, start, end) => reader(namespace, name, dimensions)(start, end),
    reader,
    keep(namespace, name, dimensions, ms) {
      const key = seriesKey(namespace, name, dimensions);
      kept.set(key, Math.max(kept.get(key) ?? KEEP_MS, ms));
    },
    has: (namespace, name, dimensions) => all.has(seriesKey(namespace, name, dimensions)),
    since: (namespace, name, dimensions) => all.get(seriesKey(namespace, name, dimensions))?.since,
    totals: (namespace, name, dimensions) => all.get(seriesKey(namespace, name, dimensions))?.totals,
    list: () => [...all.values()].map(({ metric }) => metric),
    size: () => all.size,
  };
}

function newSeries(metric: MetricName): Series {
  const totals = { count: 0, sum: 0, minimum: Number.POSITIVE_INFINITY };
  return {
    metric,
    since: Number.POSITIVE_INFINITY,
    totals,
    levels: LEVELS.map(() => new Map()),
    windows: createWindowCache(),
    latest: { value: 0, times: 0, time: 0, bucket: 0 },
  };
}

function addTotal({ totals }: Series, value: number, times: number): void {
  totals.count += times;
  totals.sum += value * times;
  totals.minimum = Math.min(totals.minimum, value);
}

/** Whether it made a bucket. */
function add({ levels, windows }: Series, time: number, value: number, times: number): boolean {
  let isNew = false;
  const rounded = roundedValue(value);
  windows.added(time);
  for (let level = 0; level < LEVELS.length; level += 1) {
    const number = Math.floor(time / (LEVELS[level] ?? SHORTEST_MS));
    let bucket = levels[level]?.get(number);
    if (bucket === undefined) {
      isNew = true;
      bucket = emptyBucket();
      levels[level]?.set(number, bucket);
    }
    addValue(bucket, value, rounded, times);
  }
  return isNew;
}

function prune({ levels, windows }: Series, time: number, minutesMs: number): void {
  const kept = [Math.max(KEEP_HOURS_MS, minutesMs), minutesMs, KEEP_MS];
  windows.dropped(time - minutesMs);
  for (const [level, length] of LEVELS.entries()) {
    const oldest = time - (kept[level] ?? 0);
    for (const number of levels[level]?.keys() ?? []) {
      if ((number + 1) * length > oldest) break;
      levels[level]?.delete(number);
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
    const bucket = series.levels[level]?.get(number);
    if (bucket !== undefined) found.push(bucket);
  }
  found.push(...bucketsOf(series, level + 1, last * length, end));
  return found;
}
