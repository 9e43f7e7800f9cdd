/** The types of metric math: scalars, time series, and arrays of time series. All are computed when they are read. */

/** A datapoint of one period; `undefined` when it is missing. */
export type Point = number | undefined;

/** The periods that an evaluation reads. */
export interface Range {
  /** Where the newest period ends (simulated ms). */
  readonly end: number;
  readonly periodMs: number;
  /** How many periods. */
  readonly length: number;
}

/** The datapoint of a period: 0 is the newest one of the range. */
export type Series = (range: Range, index: number) => Point;

export type Value =
  | { readonly kind: 'scalar'; readonly at: (range: Range) => Point }
  | { readonly kind: 'series'; readonly at: Series }
  | { readonly kind: 'list'; readonly items: readonly Series[] };

export const scalar = (at: (range: Range) => Point): Value => ({ kind: 'scalar', at });
export const series = (at: Series): Value => ({ kind: 'series', at });

/** Epoch seconds at which a period starts, which is the timestamp of its datapoint. */
export function timestampOf({ end, periodMs }: Range, index: number): number {
  return Math.floor((end - (index + 1) * periodMs) / 1000);
}

/** A result that is not finite (a division by zero) is a missing datapoint. */
export function finite(value: number): Point {
  return Number.isFinite(value) ? value : undefined;
}

/** The datapoints of a range that are there, oldest first, with their indexes. */
export function present(at: Series, range: Range): { readonly index: number; readonly value: number }[] {
  const found: { index: number; value: number }[] = [];
  for (let index = range.length - 1; index >= 0; index--) {
    const value = at(range, index);
    if (value !== undefined) found.push({ index, value });
  }
  return found;
}

/** The newest datapoint before that of `index`. */
export function preceding(at: Series, range: Range, index: number): { index: number; value: number } | undefined {
  for (let before = index + 1; before < range.length; before++) {
    const value = at(range, before);
    if (value !== undefined) return { index: before, value };
  }
  return undefined;
}

/** A series that reads each datapoint of an evaluation once, however often an expression names it. */
export function remembered(at: Series): Series {
  let of: Range | undefined;
  let points: Point[] = [];
  return (range, index) => {
    if (of !== range) {
      of = range;
      points = [];
    }
    const known = points[index];
    if (known !== undefined || index in points) return known;
    const point = at(range, index);
    points[index] = point;
    return point;
  };
}
