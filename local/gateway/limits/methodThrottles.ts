/** Stage and method throttles: `MethodSettings` of the stage. */
import type { RestApiModel, ThrottleModel } from '../../assembly/model.ts';
import type { Rejection, Step } from '../step.ts';
import { createTokenBucket, type MonotonicMs, type TokenBucket } from './tokenBucket.ts';

/** The answer of every empty bucket: plan, method or stage. */
export const THROTTLED: Rejection = { kind: 'rejection', type: 'THROTTLED', message: 'Too Many Requests' };

/**
 * Makes the stage that applies the stage's method throttles to all callers together.
 *
 * A method's own setting replaces the `*` setting for it, and every method has a bucket of its own: `*` is a default
 * for each method, not one bucket for all of them. Methods without a setting pass.
 *
 * @param api - `stage.methodThrottles` has keys `METHOD /path`, and `*` for every method.
 * @param time - real monotonic milliseconds; `performance.now` by default.
 */
export function createMethodThrottles(api: RestApiModel, time?: MonotonicMs): Step {
  const throttles = api.stage.methodThrottles;
  if (Object.keys(throttles).length === 0) return () => undefined;
  const buckets = new Map<string, TokenBucket | undefined>();
  return ({ route }) => {
    if (route === undefined) return undefined;
    const key = `${route.method} ${route.resourcePath}`;
    // Routes are finite, and known only once they are asked for; so is the map.
    if (!buckets.has(key)) {
      const throttle = settingFor(throttles, key);
      buckets.set(key, throttle && createTokenBucket(throttle, time));
    }
    return buckets.get(key)?.take() === false ? THROTTLED : undefined;
  };
}

/** The most particular setting of a method: its own, its path's, its verb's, the stage's. */
function settingFor(throttles: Readonly<Record<string, ThrottleModel>>, key: string): ThrottleModel | undefined {
  const [method, path] = key.split(' ');
  return throttles[key] ?? throttles[`* ${path}`] ?? throttles[`${method} /*`] ?? throttles['*'];
}
