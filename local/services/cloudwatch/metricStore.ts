/**
 * The metric store: series by namespace, name and dimensions, each in buckets of ten simulated seconds (the shortest
 * period of an alarm). Memory is bounded in age, in number of series, and in distinct values of a bucket.
 */

/** Dimensions of a metric, name to value. */
export type Dimensions = Readonly<Record<string, string>>;

/** What a period of a metric holds. `values` maps a value, rounded to three digits, to how often it was seen. */
export interface Datapoint {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  readonly values: ReadonlyMap<number, number>;
}

export interface MetricStore {
  put(namespace: string, name: string, dimensions: Dimensions, value: number): void;
  /** The data from `start` up to, but without, `end` (simulated ms); `undefined` when there is none. */
  read(namespace: string, name: string, dimensions: Dimensions, start: number, end: number): Datapoint | undefined;
  /** Keeps data for at least so many simulated milliseconds from now on. */
  keepFor(ms: number): void;
  /** How many series are kept. */
  size(): number;
}

const BUCKET_MS = 10_000;

/** A label of high cardinality must not fill the memory: the series that was written least recently is dropped. */
const MAX_SERIES = 5_000;

interface Bucket {
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  readonly values: Map<number, number>;
}

/** Buckets by number, in the order of their time. */
type Series = Map<number, Bucket>;

/**
 * @param now simulated milliseconds since the epoch
 * @param keepMs how long data is kept, in simulated milliseconds
 */
export function createMetricStore(now: () => number, keepMs: number): MetricStore {
  const all = new Map<string, Series>();
  let keptMs = keepMs;
  return {
    put(namespace, name, dimensions, value) {
      if (!Number.isFinite(value)) return;
      const key = seriesKey(namespace, name, dimensions);
      const series: Series = all.get(key) ?? new Map();
      // Written last, it moves to the end, so the first key is the least recent one.
      all.delete(key);
      all.set(key, series);
      const oldest = all.size > MAX_SERIES ? all.keys().next().value : undefined;
      if (oldest !== undefined) all.delete(oldest);
      add(series, Math.floor(now() / BUCKET_MS), value);
      prune(series, (now() - keptMs) / BUCKET_MS);
    },
    read(namespace, name, dimensions, start, end) {
      const series = all.get(seriesKey(namespace, name, dimensions));
      return series && merge(series, Math.ceil(start / BUCKET_MS), Math.ceil(end / BUCKET_MS));
    },
    keepFor(ms) {
      keptMs = Math.max(keptMs, ms);
    },
    size: () => all.size,
  };
}

function seriesKey(namespace: string, name: string, dimensions: Dimensions): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions).sort(([a], [b]) => (a < b ? -1 : 1))]);
}

function add(series: Series, number: number, value: number): void {
  const bucket = series.get(number) ?? empty();
  series.set(number, bucket);
  bucket.count += 1;
  bucket.sum += value;
  bucket.minimum = Math.min(bucket.minimum, value);
  bucket.maximum = Math.max(bucket.maximum, value);
  // Three digits keep a percentile within half a percent and bound the distinct values.
  const rounded = Number(value.toPrecision(3));
  bucket.values.set(rounded, (bucket.values.get(rounded) ?? 0) + 1);
}

function prune(series: Series, oldest: number): void {
  for (const number of series.keys()) {
    if (number >= oldest) return;
    series.delete(number);
  }
}

function merge(series: Series, first: number, end: number): Datapoint | undefined {
  const total = empty();
  for (let number = first; number < end; number++) {
    const bucket = series.get(number);
    if (bucket === undefined) continue;
    total.count += bucket.count;
    total.sum += bucket.sum;
    total.minimum = Math.min(total.minimum, bucket.minimum);
    total.maximum = Math.max(total.maximum, bucket.maximum);
    for (const [value, times] of bucket.values) total.values.set(value, (total.values.get(value) ?? 0) + times);
  }
  return total.count === 0 ? undefined : total;
}

function empty(): Bucket {
  return { count: 0, sum: 0, minimum: Number.POSITIVE_INFINITY, maximum: Number.NEGATIVE_INFINITY, values: new Map() };
}
