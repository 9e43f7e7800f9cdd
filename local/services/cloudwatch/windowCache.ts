/**
 * What windows of the past hold. An alarm over a day reads 24 windows of an hour at each minute, all but one of which it has read an
 * hour before.
 */
export interface WindowCache<T> {
  /** The value of the window from `start` up to, but without, `end` (simulated ms), computed unless it is known. */
  read(start: number, end: number, compute: () => T): T;
  /** Data of a time was added: a window that has ended is known until data from before its end is added. */
  added(time: number): void;
  /** Data from before a time was dropped: windows that begin before it are computed each time. */
  dropped(before: number): void;
}

const MINUTE_MS = 60_000;

/** A day of windows that slide by a minute, of two lengths. */
const MAX_WINDOWS = 3_000;

export function createWindowCache<T>(): WindowCache<T> {
  const byLength = new Map<number, Map<number, T>>();
  let size = 0;
  let until = Number.NEGATIVE_INFINITY;
  let since = Number.NEGATIVE_INFINITY;
  const clear = () => {
    byLength.clear();
    size = 0;
    until = Number.NEGATIVE_INFINITY;
  };
  return {
    read(start, end, compute) {
      const [length, last] = [(end - start) / MINUTE_MS, end / MINUTE_MS];
      // A minute is one bucket. Data is dropped by minutes, so a window that begins or ends within one does not stay what it is.
      if (start < since || length <= 1 || !Number.isInteger(length) || !Number.isInteger(last)) return compute();
      const windows = byLength.get(length) ?? new Map<number, T>();
      const found = windows.get(last);
      if (found !== undefined || windows.has(last)) return found as T;
      const value = compute();
      if (size >= MAX_WINDOWS) clear();
      windows.set(last, value);
      byLength.set(length, windows);
      size += 1;
      until = Math.max(until, end);
      return value;
    },
    added(time) {
      if (time < until) clear();
    },
    dropped(before) {
      since = Math.max(since, before);
    },
  };
}
