import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advanced,
  baseOf,
  EMPTY,
  remainingIn,
  sliceOf,
  type WindowState,
} from '../../lambdas/runtime/limit/slidingWindow.ts';

const rules = fc.record({ requests: fc.integer({ min: 1, max: 30 }), perSeconds: fc.integer({ min: 1, max: 100 }) });
/** Pauses between requests as fractions of the window: mostly short, sometimes longer than the window. */
const waits = fc.array(
  fc.oneof(fc.double({ min: 0, max: 0.1, noNaN: true }), fc.double({ min: 0, max: 2, noNaN: true })),
  {
    maxLength: 200,
  },
);

/** Sends requests through a window; returns the times of the allowed ones, and every state. */
function pass(rule: { requests: number; perSeconds: number }, parts: readonly number[]) {
  const windowMs = rule.perSeconds * 1000;
  let nowMs = 1_700_000_000_000;
  let state: WindowState = EMPTY;
  const moments: number[] = [];
  const states: { readonly state: WindowState; readonly nowMs: number }[] = [];
  for (const part of parts) {
    nowMs += part * windowMs;
    if (remainingIn(state, rule, nowMs) >= 1) {
      state = advanced(state, rule, { nowMs, count: 1 });
      moments.push(nowMs);
    }
    states.push({ state, nowMs });
  }
  return { moments, states, windowMs };
}

describe('a sliding window', () => {
  it('never allows more than its limit in any interval of its length', () => {
    fc.assert(
      fc.property(rules, waits, (rule, parts) => {
        const { moments, windowMs } = pass(rule, parts);
        for (const [i, moment] of moments.entries()) {
          const within = moments.slice(i).filter((later) => later < moment + windowMs).length;
          expect(within).toBeLessThanOrEqual(rule.requests);
        }
      }),
    );
  });

  it('allows its full limit again after a pause of its length and a tenth', () => {
    fc.assert(
      fc.property(rules, waits, (rule, parts) => {
        const { states, windowMs } = pass(rule, parts);
        const { state, nowMs } = states.at(-1) ?? { state: EMPTY, nowMs: 0 };
        expect(remainingIn(state, rule, nowMs + windowMs * 1.2)).toBe(rule.requests);
      }),
    );
  });

  it('read from stale state never starts later, so that a write based on it never allows too much', () => {
    fc.assert(
      fc.property(rules, waits, fc.nat(), (rule, parts, pick) => {
        const { states } = pass(rule, parts);
        const old = states[pick % Math.max(1, states.length)]?.state ?? EMPTY;
        for (const { state, nowMs } of states.slice(pick % Math.max(1, states.length))) {
          const slice = sliceOf(rule, nowMs);
          expect(baseOf(old, slice)).toBeLessThanOrEqual(baseOf(state, slice));
        }
      }),
    );
  });
});
