import { createBuckets } from './buckets.ts';
import type { EnforcedLimits } from './enforced.ts';
import { createQuotas } from './quotas.ts';
import { QUOTA, RATE, SERVED, STAGE, type Verdict, WAF } from './verdict.ts';
import { createWindows } from './windows.ts';

/** All limits in front of one route. */
export interface Limiter {
  /**
   * What becomes of a request.
   *
   * @param timeMs - since the start; must not run backwards.
   * @param key - number of the API key, or {@link NO_KEY} on a public route.
   * @param address - number of the address that it comes from.
   */
  decide(timeMs: number, key: number, address: number): Verdict;
}

/** Whom the limits tell apart. */
export interface LimiterSizes {
  /** The tier of each API key, as its index in the limits. */
  readonly keys: Uint16Array;
  readonly addresses: number;
  /** Milliseconds since the epoch at time 0, for the periods of quotas. */
  readonly startMs: number;
}

/** No usage plan counts requests of a public route. */
export const NO_KEY = -1;

/**
 * Joins the limits in the order in which a request meets them: WAF, rate of the plan, quota of the plan, stage. WAF counts
 * what it blocks, too; a throttled request spends no quota; one that the stage refuses has spent it.
 */
export function createLimiter(limits: EnforcedLimits, { keys, addresses, startMs }: LimiterSizes): Limiter {
  const { tiers, address: rule, stage } = limits;
  const throttles = tiers.map(({ throttle }) => throttle);
  const windows = createWindows(addresses, rule.windowSeconds);
  const buckets = createBuckets(Array.from(keys, (tier) => throttles[tier] ?? stage));
  const quotas = createQuotas(
    tiers.map(({ quota }) => quota),
    keys,
  );
  const whole = createBuckets([stage]);
  return {
    decide(timeMs, key, address) {
      if (windows.count(address, timeMs) > rule.limit) return WAF;
      if (key !== NO_KEY) {
        if (!buckets.take(key, timeMs)) return RATE;
        if (!quotas.spend(key, startMs + timeMs)) return QUOTA;
      }
      return whole.take(0, timeMs) ? SERVED : STAGE;
    },
  };
}
