/**
 * Counts requests by key over a sliding window, for rate-based statements.
 * https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html
 */

/** Counts the requests of each key. */
export interface RateWindow {
  /** Counts one request; returns the requests of the key within the window, this one included. */
  count(key: string): number;
}

/** The window moves in steps of a tenth, so each key takes ten counters, whatever the traffic. */
const SLICES = 10;

/** WAF tracks up to 10,000 addresses for a rule; a new key then replaces the least recently seen. */
const MAX_KEYS = 10_000;

interface Counter {
  readonly slices: Uint32Array;
  last: number;
  total: number;
}

/**
 * Makes a window.
 *
 * @param seconds - length of the window: 60, 120, 300 or 600.
 * @param time - real monotonic milliseconds.
 */
export function createRateWindow(seconds: number, time: () => number): RateWindow {
  const sliceMs = (seconds * 1000) / SLICES;
  const counters = new Map<string, Counter>();
  return {
    count(key) {
      const slice = Math.floor(time() / sliceMs);
      const counter = counters.get(key) ?? { slices: new Uint32Array(SLICES), last: slice, total: 0 };
      // Moved to the end: a Map keeps insertion order, so the first key is the least recently seen.
      counters.delete(key);
      counters.set(key, counter);
      dropLeastRecent(counters);
      advance(counter, slice);
      const at = slice % SLICES;
      counter.slices[at] = (counter.slices[at] ?? 0) + 1;
      counter.total += 1;
      return counter.total;
    },
  };
}

function advance(counter: Counter, slice: number): void {
  const steps = Math.min(SLICES, slice - counter.last);
  for (let step = 0; step < steps; step += 1) {
    const at = (slice - step) % SLICES;
    counter.total -= counter.slices[at] ?? 0;
    counter.slices[at] = 0;
  }
  counter.last = slice;
}

function dropLeastRecent(counters: Map<string, Counter>): void {
  if (counters.size <= MAX_KEYS) return;
  const leastRecent = counters.keys().next().value;
  if (leastRecent !== undefined) counters.delete(leastRecent);
}
