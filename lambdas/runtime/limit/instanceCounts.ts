import { advanced, EMPTY, remainingIn, type WindowRule, type WindowState } from './slidingWindow.ts';

/** Counts of one instance, used while the table is unreachable. */
export interface InstanceCounts {
  /** Takes one request if the limit allows it. */
  take(id: string, rule: WindowRule, nowMs: number): { readonly taken: boolean; readonly state: WindowState };
}

const MOST_COUNTED = 5_000;

/** Counts in memory by the same windows; beyond some thousand counters, the least recently used is removed. */
export function instanceCounts(): InstanceCounts {
  const states = new Map<string, WindowState>();
  return {
    take(id, rule, nowMs) {
      const state = states.get(id) ?? EMPTY;
      if (remainingIn(state, rule, nowMs) < 1) return { taken: false, state };
      const after = advanced(state, rule, { nowMs, count: 1 });
      states.delete(id);
      states.set(id, after);
      const oldest = states.size > MOST_COUNTED ? states.keys().next().value : undefined;
      if (oldest !== undefined) states.delete(oldest);
      return { taken: true, state: after };
    },
  };
}
