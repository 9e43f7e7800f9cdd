import type { Clock } from '../contracts.ts';

/**
 * A clock whose simulated time starts at the real time and then runs `speed` times as fast.
 *
 * It counts on the monotonic clock, so that a correction of the system clock cannot move alarms back in time.
 *
 * @param speed simulated seconds in one real second; more than 0, at most 10,000
 * @throws {RangeError} when `speed` is outside those limits
 */
export function createClock(speed = 1): Clock {
  if (!Number.isFinite(speed) || speed <= 0 || speed > 10_000) {
    throw new RangeError(`speed must be more than 0 and at most 10000, not ${speed}`);
  }
  const startedAt = Date.now();
  const origin = performance.now();
  return { speed, now: () => startedAt + (performance.now() - origin) * speed };
}
