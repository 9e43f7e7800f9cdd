import type { AdvertisedPolicy, ExactRule } from '../../../lib/definition/projected.ts';
import type { LimitResult } from './limiter.ts';

/** What is known of the limits of an answer's caller. */
export interface KnownLimits {
  readonly policies: readonly AdvertisedPolicy[];
  /** Without a verdict nobody here knows what remains. */
  readonly exact?: { readonly rule: ExactRule; readonly result?: LimitResult | undefined };
}

/**
 * `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11: each policy with its quota `q` and window
 * `w`, and of exact limits what remains (`r`) and for how long (`t`). Of the gateway's own limits nobody but the gateway knows
 * what remains.
 */
export function rateLimitHeaders({ policies, exact }: KnownLimits): Readonly<Record<string, string>> {
  const all: readonly AdvertisedPolicy[] = exact === undefined ? policies : [exact.rule, ...policies];
  if (all.length === 0) return {};
  const told = all.map(({ name, requests, perSeconds }) => {
    const window = perSeconds === undefined ? '' : `;w=${perSeconds}`;
    return `"${name}";q=${requests}${window}`;
  });
  const policy = { 'ratelimit-policy': told.join(', ') };
  if (exact?.result === undefined || exact.result.outcome === 'unavailable') return policy;
  const { remaining, resetSeconds } = exact.result;
  return { ...policy, ratelimit: `"${exact.rule.name}";r=${remaining};t=${resetSeconds}` };
}
