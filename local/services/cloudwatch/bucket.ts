/** What a stretch of time of a metric holds. */
export interface Datapoint {
  readonly count: number;
  readonly sum: number;
  readonly minimum: number;
  readonly maximum: number;
  /** Maps a value, rounded to three digits, to how often it was seen. Merged when it is read, because only percentiles need it. */
  readonly values: ReadonlyMap<number, number>;
}

/** A {@link Datapoint} that grows. */
export interface Bucket extends Datapoint {
  count: number;
  sum: number;
  minimum: number;
  maximum: number;
  readonly values: Map<number, number>;
}

export function emptyBucket(): Bucket {
  return { count: 0, sum: 0, minimum: Number.POSITIVE_INFINITY, maximum: Number.NEGATIVE_INFINITY, values: new Map() };
}

/** Three digits keep a percentile within half a percent and bound the distinct values. */
export function roundedValue(value: number): number {
  return Number.isInteger(value) && Math.abs(value) < 1_000 ? value : Number(value.toPrecision(3));
}

/** Adds a value that was seen `times` times. `rounded` is {@link roundedValue} of it. */
export function addValue(bucket: Bucket, value: number, rounded: number, times: number): void {
  bucket.count += times;
  bucket.sum += value * times;
  bucket.minimum = Math.min(bucket.minimum, value);
  bucket.maximum = Math.max(bucket.maximum, value);
  bucket.values.set(rounded, (bucket.values.get(rounded) ?? 0) + times);
}

/** One datapoint of several buckets; `undefined` when there is none. */
export function mergeBuckets(buckets: readonly Bucket[]): Datapoint | undefined {
  const [only] = buckets;
  if (only === undefined || buckets.length === 1) return only;
  let [count, sum, minimum, maximum] = [0, 0, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const bucket of buckets) {
    count += bucket.count;
    sum += bucket.sum;
    minimum = Math.min(minimum, bucket.minimum);
    maximum = Math.max(maximum, bucket.maximum);
  }
  return {
    count,
    sum,
    minimum,
    maximum,
    get values() {
      const values = new Map<number, number>();
      for (const bucket of buckets) {
        for (const [value, times] of bucket.values) values.set(value, (values.get(value) ?? 0) + times);
      }
      return values;
    },
  };
}
