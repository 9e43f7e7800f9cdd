import type { AdvertisedPolicy, ExactRule } from '../../../lib/definition/bundledTypes.ts';
import { perObject } from '../../shared/perObject.ts';
import type { LimitResult } from './limiter.ts';

/** What this instance knows of a caller's limits. */
export interface KnownLimits {
  readonly policies: readonly AdvertisedPolicy[];
  /** Without a result, what remains is unknown. */
  readonly exact?: { readonly rule: ExactRule; readonly result?: LimitResult | undefined };
}

/**
 * `RateLimit-Policy` and `RateLimit` of draft-ietf-httpapi-ratelimit-headers-11: each policy with its quota `q` and
 * window `w`, and of exact limits what remains (`r`) and for how long (`t`). What remains of the gateway's own limits
 * is unknown here.
 */
export function rateLimitHeaders({ policies, exact }: KnownLimits): Readonly<Record<string, string>> {
  const advertised = exact === undefined ? advertisedOfTier(policies) : advertisedOf([exact.rule, ...policies]);
  if (advertised === '') return {};
  const policy = { 'ratelimit-policy': advertised };
  if (exact?.result === undefined || exact.result.outcome === 'unavailable') return policy;
  const { remaining, resetSeconds } = exact.result;
  return { ...policy, ratelimit: `"${exact.rule.name}";r=${remaining};t=${resetSeconds}` };
}

function advertisedOf(policies: readonly AdvertisedPolicy[]): string {
  const all = policies.map(({ name, requests, perSeconds }) => {
    const window = perSeconds === undefined ? '' : `;w=${perSeconds}`;
    return `"${name}";q=${requests}${window}`;
  });
  return all.join(', ');
}

/** The policies of a tier do not change. */
const advertisedOfTier = perObject(advertisedOf);
