import type { ExactRule, RouteLimits } from '../../../lib/definition/bundledTypes.ts';
import type { Caller } from '../../../lib/definition/handlers.ts';
import { claimString } from '../../shared/callerClaims.ts';
import { createHash } from '../../shared/nodeCrypto.ts';
import { HttpProblem } from '../problem.ts';
import type { Limiter } from './limiter.ts';
import type { KnownLimits } from './rateLimitHeaders.ts';

/** The sender of a request, as limits distinguish senders. */
export interface RequestSender {
  readonly caller: Caller | undefined;
  readonly address: string;
}

/** Counts and reports the limits of one route. */
export interface RouteLimiter {
  /** What this instance knows of a sender's limits, without counting. */
  peek(who: RequestSender): KnownLimits;
  /**
   * Counts a request that has an exact limit; of any other, nothing waits.
   *
   * @throws {HttpProblem} `throttled` above the limit; `service-unavailable` when requests cannot be counted and the
   * rule rejects them.
   */
  take(who: RequestSender): KnownLimits | Promise<KnownLimits>;
}

/** The key of callers without a token in the limits of a public route. */
const ANONYMOUS = 'anonymous';
const NONE: RouteLimits = { exact: {}, policies: {} };
const NO_POLICIES: KnownLimits['policies'] = [];

/** Makes the limiter of a route. Without exact limits only the gateway's are reported. */
export function routeLimiter(api: string, limits: RouteLimits = NONE, limiter?: Limiter): RouteLimiter {
  const policiesOf = (tier: string) =>
    Object.hasOwn(limits.policies, tier) ? (limits.policies[tier] ?? NO_POLICIES) : NO_POLICIES;
  const ruleOf = (tier: string) => (Object.hasOwn(limits.exact, tier) ? limits.exact[tier] : undefined);
  return {
    peek(who) {
      const tier = who.caller?.tier ?? ANONYMOUS;
      const rule = ruleOf(tier);
      const policies = policiesOf(tier);
      if (rule === undefined || limiter === undefined) return { policies };
      return { policies, exact: { rule, result: limiter.peek(counterId(api, rule, who), rule) } };
    },
    take(who) {
      const tier = who.caller?.tier ?? ANONYMOUS;
      const rule = ruleOf(tier);
      const policies = policiesOf(tier);
      if (rule === undefined || limiter === undefined) return { policies };
      return taken(rule, policies, limiter.take(counterId(api, rule, who), rule));
    },
  };
}

async function taken(
  rule: ExactRule,
  policies: KnownLimits['policies'],
  taking: ReturnType<Limiter['take']>,
): Promise<KnownLimits> {
  const result = await taking;
  const known = { policies, exact: { rule, result } };
  if (result.outcome !== 'taken') throw new LimitReached(known);
  return known;
}

/** An exact limit rejects a request; the response advertises the limits. */
export class LimitReached extends HttpProblem {
  readonly limits: KnownLimits;
  readonly retryAfterSeconds: number;

  constructor(limits: KnownLimits) {
    const rejected = limits.exact?.result?.outcome === 'rejected';
    super(
      rejected ? 'throttled' : 'service-unavailable',
      rejected ? 'The limit of requests is reached.' : 'Requests cannot be counted at the moment.',
    );
    this.name = 'LimitReached';
    this.limits = limits;
    this.retryAfterSeconds = limits.exact?.result?.resetSeconds ?? 1;
  }
}

/**
 * The id of a counter. The sender is in it as a hash: the table holds neither clients nor users nor addresses in plain
 * text. A client without an id is counted by its user, a caller without the claim by its client.
 */
function counterId(api: string, rule: ExactRule, { caller, address }: RequestSender): string {
  const client = caller?.client === '' ? `user:${caller.subject}` : `client:${caller?.client}`;
  const whos = { client, user: `user:${caller?.subject}`, address: `address:${address}` };
  const { by } = rule;
  const who = by === 'client' || by === 'user' || by === 'address' ? whos[by] : (claimKey(by, caller) ?? client);
  return `${rule.name}#${createHash('sha256').update(`${api}\n${who}`).digest('base64url')}`;
}

/** The counter of a claim, such as a tenant: `claims.tenant=acme`. */
function claimKey(by: `claims.${string}`, caller: Caller | undefined): string | undefined {
  const value = claimString(caller?.claims ?? {}, by.slice('claims.'.length));
  return value === undefined ? undefined : `${by}=${value}`;
}
