import { setImmediate } from 'node:timers/promises';
import type { MovableClock } from '../contracts.ts';

/** Skipped at once: an evaluation catches up on that much, and a server responds in between. */
const STEP_MS = 10 * 60_000;

/**
 * A clock whose simulated time starts at the real time and then runs `speed` times as fast.
 *
 * It counts on the monotonic clock, so that a correction of the system clock cannot move alarms back in time.
 *
 * @param speed simulated seconds in one real second; more than 0, at most 10,000
 * @throws {RangeError} when `speed` is outside those limits
 */
export function createClock(speed = 1): MovableClock {
  if (!Number.isFinite(speed) || speed <= 0 || speed > 10_000) {
    throw new RangeError(`speed must be more than 0 and at most 10000, not ${speed}`);
  }
  let startedAt = Date.now();
  const origin = performance.now();
  const listeners = new Set<() => void>();
  return {
    speed,
    now: () => startedAt + (performance.now() - origin) * speed,
    onSkip(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async skip(ms) {
      for (let left = ms; left > 0; left -= STEP_MS) {
        startedAt += Math.min(left, STEP_MS);
        for (const listener of listeners) listener();
        await setImmediate();
      }
    },
  };
}
