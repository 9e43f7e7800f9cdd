const MINUTE_MS = 60_000;
/** Distances between two marks of the axis of time, in minutes. */
const TIME_STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080];
const MOST_TIMES = 6;

/** A value as people read it: three digits where there are fractions, and groups of thousands. */
export function shownNumber(value: number): string {
  const digits = Math.abs(value) >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 };
  return value.toLocaleString('en', digits);
}

/** About four marks of an axis from 0 to `most`, at round values; the last one is at `most` or above. */
export function valueTicks(most: number): readonly number[] {
  const rough = most / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((one) => one >= rough) ?? 10 * power;
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, i) => Number((i * step).toPrecision(12)));
}

/** Marks of an axis of time, at round times of UTC. */
export function timeTicks(from: number, to: number): readonly number[] {
  const minutes = (to - from) / MINUTE_MS;
  const step = (TIME_STEPS.find((one) => minutes / one <= MOST_TIMES) ?? 10_080) * MINUTE_MS;
  const first = Math.ceil(from / step) * step;
  return Array.from({ length: Math.floor((to - first) / step) + 1 }, (_, i) => first + i * step);
}

/** `14:05`, or with the day where the range is longer than one. */
export function shownTime(ms: number, from: number, to: number): string {
  const [day = '', time = ''] = new Date(ms).toISOString().split('T');
  return to - from > 1440 * MINUTE_MS ? `${day.slice(5)} ${time.slice(0, 5)}` : time.slice(0, 5);
}

/** `2026-11-29 14:05 UTC`. */
export function shownDate(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
