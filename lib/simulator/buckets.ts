import type { RateLimit } from '../definition/tiers.ts';

/** Many token buckets side by side, without an object for each. */
export interface Buckets {
  /** Takes a token of a bucket; `false`, and nothing taken, when there is none. Time must not run backwards. */
  take(index: number, nowMs: number): boolean;
}

/**
 * Token buckets that start full, as API Gateway throttles.
 *
 * @param limits - of each bucket: `rate` in requests a second, `burst` its size.
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-request-throttling.html
 */
export function createBuckets(limits: readonly RateLimit[]): Buckets {
  const perMs = Float64Array.from(limits, ({ rate }) => rate / 1000);
  const bursts = Float64Array.from(limits, ({ burst }) => burst);
  const tokens = Float64Array.from(bursts);
  const filledAt = new Float64Array(limits.length);
  return {
    take(index, nowMs) {
      const gained = (nowMs - (filledAt[index] ?? 0)) * (perMs[index] ?? 0);
      const held = Math.min(bursts[index] ?? 0, (tokens[index] ?? 0) + gained);
      filledAt[index] = nowMs;
      const enough = held >= 1;
      tokens[index] = enough ? held - 1 : held;
      return enough;
    },
  };
}
