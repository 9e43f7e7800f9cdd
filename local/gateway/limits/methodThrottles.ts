/** The throttles of a stage and its methods: `MethodSettings`. */
import type { RestApiModel, ThrottleModel } from '../../assembly/model.ts';
import { createKeptState, type KeptState } from '../keptState.ts';
import { rejection, type Step } from '../step.ts';
import { createTokenBucket, type MonotonicMs, type TokenBucket } from './tokenBucket.ts';

/** The rejection of every empty bucket: plan, method or stage. */
export const THROTTLED = rejection('THROTTLED', 'Too Many Requests');

/**
 * Makes the step that applies the stage's method throttles to all callers together.
 *
 * A method's own setting replaces the `*` setting. Every method has its own bucket: `*` is the default for each method, not
 * one bucket for all of them. Methods without a setting pass.
 *
 * @param api - `stage.methodThrottles` has keys `METHOD /path`, and `*` for every method.
 * @param time - real monotonic milliseconds; `performance.now` by default.
 * @param kept - buckets of an earlier gateway; one with the same throttle goes on.
 */
export function createMethodThrottles(
  api: RestApiModel,
  time?: MonotonicMs,
  kept: KeptState = createKeptState(),
): Step {
  const throttles = api.stage.methodThrottles;
  if (Object.keys(throttles).length === 0) return () => undefined;
  const buckets = new Map<string, TokenBucket | undefined>();
  return ({ route }) => {
    if (route === undefined) return undefined;
    const key = `${route.method} ${route.resourcePath}`;
    // The number of routes is finite, and so is the map.
    if (!buckets.has(key)) {
      const throttle = settingFor(throttles, key);
      const make = (setting: ThrottleModel) => () => createTokenBucket(setting, time);
      buckets.set(key, throttle && kept.of(`method ${api.id} ${key}`, throttle, make(throttle)));
    }
    return buckets.get(key)?.take() === false ? THROTTLED : undefined;
  };
}

/** The most specific setting of a method: its own, its path's, its verb's, the stage's. */
function settingFor(throttles: Readonly<Record<string, ThrottleModel>>, key: string): ThrottleModel | undefined {
  const [method, path] = key.split(' ');
  return throttles[key] ?? throttles[`* ${path}`] ?? throttles[`${method} /*`] ?? throttles['*'];
}
