import type { ExactRule } from '../../../lib/definition/bundledTypes.ts';

/**
 * A sliding window as a running total with marks. `total` only grows; the mark of a slice of time is the total before
 * the slice's first request. What was allowed since a slice began is the difference of two numbers that never change
 * afterwards, so an old state is safe: it can miss past requests, but never adds any.
 */
export interface WindowState {
  readonly total: number;
  /** Slice → total before its first request; slices without a request have none. */
  readonly marks: ReadonlyMap<number, number>;
}

/** The size of a window. */
export type WindowRule = Pick<ExactRule, 'requests' | 'perSeconds'>;

/**
 * The window moves by tenths. It counts the tenth that it has half left in full, so in any stretch of its length it
 * allows at most what the rule says, and up to a tenth less.
 */
export const SLICES = 10;

/** Marks are kept for a second window: instances whose clocks are behind still need them. */
export const KEPT_SLICES = 2 * SLICES;

export const EMPTY: WindowState = { total: 0, marks: new Map() };

/** The slice of a moment, counted from the epoch. */
export function sliceOf({ perSeconds }: WindowRule, nowMs: number): number {
  return Math.floor(nowMs / sliceMs(perSeconds));
}

/** The total at which the window that ends in a slice begins. */
export function baseOf({ total, marks }: WindowState, slice: number): number {
  const first = firstMarked(marks, slice);
  return first === undefined ? total : (marks.get(first) ?? total);
}

/** Requests left at a moment. */
export function remainingIn(state: WindowState, rule: WindowRule, nowMs: number): number {
  return Math.max(0, rule.requests - (state.total - baseOf(state, sliceOf(rule, nowMs))));
}

/** Milliseconds until the oldest requests leave the window; 0 when it holds none. */
export function msUntilMore({ marks }: WindowState, rule: WindowRule, nowMs: number): number {
  const first = firstMarked(marks, sliceOf(rule, nowMs));
  return first === undefined ? 0 : (first + SLICES + 1) * sliceMs(rule.perSeconds) - nowMs;
}

/** The state after `count` requests of a moment; marks that no window needs are removed. */
export function advanced(state: WindowState, rule: WindowRule, { nowMs, count }: { nowMs: number; count: number }) {
  const slice = sliceOf(rule, nowMs);
  const kept = [...state.marks].filter(([marked]) => marked >= slice - KEPT_SLICES);
  const marks = new Map(kept);
  if (!marks.has(slice)) marks.set(slice, state.total);
  return { total: state.total + count, marks };
}

function firstMarked(marks: WindowState['marks'], slice: number): number | undefined {
  let first: number | undefined;
  for (const marked of marks.keys()) {
    if (marked >= slice - SLICES && (first === undefined || marked < first)) first = marked;
  }
  return first;
}

function sliceMs(perSeconds: number): number {
  return (perSeconds * 1000) / SLICES;
}
