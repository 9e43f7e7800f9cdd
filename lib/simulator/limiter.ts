import type { EnforcedLimits } from '../limits/enforced.ts';
import { createBuckets } from './buckets.ts';
import { type Outcome, QUOTA, RATE, SERVED, STAGE, WAF } from './outcome.ts';
import { createQuotas } from './quotas.ts';
import { createWindows, type Windows } from './windows.ts';

/** Who sends a request, in numbers. */
export interface Sender {
  /** Number of the API key, or {@link NOBODY} on a public route. */
  readonly key: number;
  /** Number of the address that it comes from. */
  readonly address: number;
  /** Number of the token, or {@link NOBODY} without one. */
  readonly token: number;
}

/** All limits in front of one route. */
export interface Limiter {
  /** The outcome of a request. Milliseconds are since the start and must not run backwards. */
  decide(timeMs: number, sender: Sender): Outcome;
}

/** How many senders the limits distinguish. */
export interface LimiterSizes {
  /** The tier of each API key, as its index in the limits. */
  readonly keys: Uint16Array;
  readonly addresses: number;
  readonly tokens: number;
  /** Milliseconds since the epoch at time 0, for the periods of quotas. */
  readonly startMs: number;
}

/** No key, or no token: nothing counts by it. */
export const NOBODY = -1;

/**
 * Joins the limits in the order in which a request meets them: the rules of the web ACL, rate of the plan, quota of the plan,
 * stage. A rule counts what it blocks, too, but not what a rule before it blocked; a throttled request spends no quota; one
 * that the stage rejects has spent it.
 */
export function createLimiter(limits: EnforcedLimits, sizes: LimiterSizes): Limiter {
  const { tiers, stage } = limits;
  const { keys, startMs } = sizes;
  const throttles = tiers.map(({ throttle }) => throttle);
  const isFlood = createWebAcl(limits, sizes);
  const buckets = createBuckets(Array.from(keys, (tier) => throttles[tier] ?? stage));
  const quotas = createQuotas(
    tiers.map(({ quota }) => quota),
    keys,
  );
  const whole = createBuckets([stage]);
  return {
    decide(timeMs, sender) {
      if (isFlood(timeMs, sender)) return WAF;
      if (sender.key !== NOBODY) {
        if (!buckets.take(sender.key, timeMs)) return RATE;
        if (!quotas.spend(sender.key, startMs + timeMs)) return QUOTA;
      }
      return whole.take(0, timeMs) ? SERVED : STAGE;
    },
  };
}

function createWebAcl({ rules }: EnforcedLimits, { addresses, tokens }: LimiterSizes) {
  const counted: readonly { windows: Windows; limit: number; byToken: boolean }[] = rules.map((rule) => {
    const byToken = rule.by === 'token';
    return { windows: createWindows(byToken ? tokens : addresses, rule.windowSeconds), limit: rule.limit, byToken };
  });
  return (timeMs: number, sender: Sender): boolean => {
    for (const { windows, limit, byToken } of counted) {
      const counter = byToken ? sender.token : sender.address;
      if (counter !== NOBODY && windows.count(counter, timeMs) > limit) return true;
    }
    return false;
  };
}
