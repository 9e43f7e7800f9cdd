import type { RouteLimits } from '../../../lib/definition/projected.ts';
import { HttpProblem } from '../problem.ts';
import { type Counted, counterId } from './counterId.ts';
import type { KnownLimits } from './headers.ts';
import type { Limiter } from './limiter.ts';

/** The limits of one route. */
export interface LimitGuard {
  /** What is known of a caller's limits, without counting. */
  known(who: Counted): KnownLimits;
  /**
   * Counts a request where an exact limit holds for it.
   *
   * @throws {HttpProblem} `throttled` past the limit; `service-unavailable` when nobody can count and the rule says so.
   */
  admit(who: Counted): Promise<KnownLimits>;
}

/** The key of callers without a token in the limits of a public route. */
const ANONYMOUS = 'anonymous';
const NONE: RouteLimits = { exact: {}, policies: {} };

/** Makes the guard of a route. Without a limiter only the gateway's limits are told. */
export function limitGuard(api: string, limits: RouteLimits = NONE, limiter?: Limiter): LimitGuard {
  const policiesOf = (tier: string) => (Object.hasOwn(limits.policies, tier) ? (limits.policies[tier] ?? []) : []);
  const ruleOf = (tier: string) => (Object.hasOwn(limits.exact, tier) ? limits.exact[tier] : undefined);
  return {
    known(who) {
      const tier = who.caller?.tier ?? ANONYMOUS;
      const rule = ruleOf(tier);
      const policies = policiesOf(tier);
      if (rule === undefined || limiter === undefined) return { policies };
      return { policies, exact: { rule, verdict: limiter.peek(counterId(api, rule, who), rule) } };
    },
    async admit(who) {
      const tier = who.caller?.tier ?? ANONYMOUS;
      const rule = ruleOf(tier);
      const policies = policiesOf(tier);
      if (rule === undefined || limiter === undefined) return { policies };
      const verdict = await limiter.take(counterId(api, rule, who), rule);
      const known = { policies, exact: { rule, verdict } };
      if (verdict.outcome !== 'taken') throw new LimitReached(known);
      return known;
    },
  };
}

/** A refusal by an exact limit, with what its answer tells of it. */
export class LimitReached extends HttpProblem {
  readonly limits: KnownLimits;
  readonly retryAfterSeconds: number;

  constructor(limits: KnownLimits) {
    const rejected = limits.exact?.verdict?.outcome === 'rejected';
    super(
      rejected ? 'throttled' : 'service-unavailable',
      rejected ? 'The limit of requests is reached.' : 'Requests cannot be counted at the moment.',
    );
    this.name = 'LimitReached';
    this.limits = limits;
    this.retryAfterSeconds = limits.exact?.verdict?.resetSeconds ?? 1;
  }
}
