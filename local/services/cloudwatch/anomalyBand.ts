/**
 * The stand-in for CloudWatch's anomaly detection, whose model is not published: a mean and a standard deviation, so that the same
 * data always gives the same band.
 */
import { standardDeviation } from './math/aggregates.ts';
import type { Point, Series } from './math/series.ts';

const DAY_MS = 24 * 3_600_000;

/**
 * CloudWatch trains with up to two weeks of data.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html
 */
const DAYS = 14;

/** Datapoints of a day count that are at most so far from the time of day. */
const REACH_MS = 30 * 60_000;

/** With fewer days than this, the last 24 hours are taken, whatever their time of day. */
const MIN_DAYS = 3;

/** The newest periods of the last 24 hours do not count: a surge would widen its own band. */
const SKIPPED_PERIODS = 3;

/** With fewer datapoints there is no band. */
const MIN_SAMPLES = 24;

/** How far back a band reads. */
export const BAND_HISTORY_MS = DAYS * DAY_MS + REACH_MS;

const MAX_REMEMBERED = 2_000;

interface Baseline {
  readonly mean: number;
  readonly deviation: number;
}

/**
 * The upper and the lower bound of what a series is expected to be: mean ± `width` × standard deviation of the same time of day in
 * the days before, or of the last 24 hours as long as there are fewer than three such days. The standard deviation is at least the
 * square root of the mean, which is that of independent requests.
 *
 * @param since when the first data is from (simulated ms)
 */
export function anomalyBand(at: Series, width: number, since: () => number): readonly [Series, Series] {
  const remembered = new Map<number, Baseline>();
  const baseline = (time: number, periodMs: number): Baseline | undefined => {
    const aligned = Math.floor(time / periodMs) * periodMs;
    const found = remembered.get(aligned);
    if (found !== undefined) return found;
    const known = since();
    // What FILL makes of the time before the first data is no history.
    const read = (end: number) => (end - periodMs < known ? undefined : at({ end, periodMs, length: 1 }, 0));
    const computed = baselineOf(samplesBefore(read, aligned, periodMs));
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    // History can still be put.
    if (computed !== undefined) remembered.set(aligned, computed);
    return computed;
  };
  const bound =
    (sign: number): Series =>
    ({ end, periodMs }, index) => {
      const found = baseline(end - index * periodMs, periodMs);
      return found && found.mean + sign * width * found.deviation;
    };
  return [bound(1), bound(-1)];
}

function baselineOf(samples: readonly number[]): Baseline | undefined {
  if (samples.length < MIN_SAMPLES) return undefined;
  const mean = samples.reduce((total, value) => total + value, 0) / samples.length;
  return { mean, deviation: Math.max(standardDeviation(samples), Math.sqrt(Math.abs(mean))) };
}

function samplesBefore(read: (end: number) => Point, end: number, periodMs: number): number[] {
  const reach = Math.ceil(REACH_MS / periodMs);
  const days: number[][] = [];
  for (let day = 1; day <= DAYS; day++) {
    const values: number[] = [];
    for (let step = -reach; step <= reach; step++) {
      const value = read(end - day * DAY_MS + step * periodMs);
      if (value !== undefined) values.push(value);
    }
    if (values.length > 0) days.push(values);
  }
  if (days.length >= MIN_DAYS) return days.flat();
  const recent: number[] = [];
  for (let period = SKIPPED_PERIODS; period * periodMs < DAY_MS; period++) {
    const value = read(end - period * periodMs);
    if (value !== undefined) recent.push(value);
  }
  return recent;
}
