/**
 * The token bucket behind every throttle of API Gateway: plan, method and stage.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
import type { ThrottleModel } from '../../assembly/model.ts';

/** Milliseconds that never decrease; `performance.now()` outside tests. */
export type MonotonicMs = () => number;

/** A bucket that starts full. */
export interface TokenBucket {
  /** Takes one token; `false` when the bucket is empty. */
  take(): boolean;
}

/**
 * Makes a token bucket.
 *
 * @param throttle - `rate` in requests a second, `burst` the size of the bucket. A burst of 0 rejects everything.
 * @param time - real monotonic milliseconds; `performance.now` by default.
 */
export function createTokenBucket(throttle: ThrottleModel, time: MonotonicMs = () => performance.now()): TokenBucket {
  const perMs = throttle.rate / 1000;
  let tokens = throttle.burst;
  let filledAt = time();
  return {
    take() {
      const now = time();
      tokens = Math.min(throttle.burst, tokens + Math.max(0, now - filledAt) * perMs);
      filledAt = now;
      if (tokens < 1) return false;
      tokens -= 1;
      return true;
    },
  };
}
