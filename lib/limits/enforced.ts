import { hasCaller } from '../definition/access.ts';
import type { Api, Route } from '../definition/api.ts';
import type { Quota, RateLimit } from '../definition/tiers.ts';
import { type RateRule, type RateRuleOptions, rateRules } from './rules.ts';

/** Every limit that a request of one route meets. */
export interface EnforcedLimits {
  readonly tiers: readonly { readonly name: string; readonly throttle: RateLimit; readonly quota: Quota }[];
  /** Rules of the web ACL that count the route, in their order. */
  readonly rules: readonly Omit<RateRule, 'routes'>[];
  /** Of the route, over all callers. */
  readonly stage: RateLimit;
}

/** What a deployment can set besides the definition. */
export interface EnforcedOptions extends RateRuleOptions {
  /** The route. Default: one without its own limits. */
  readonly route?: Route;
  /** Default: {@link DEFAULT_STAGE_THROTTLE}. */
  readonly stage?: RateLimit;
}

/** Default account quotas of a region: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const DEFAULT_STAGE_THROTTLE: RateLimit = { rate: 10_000, burst: 5_000 };

/** Context of the CDK that says how many requests a second the account may serve in the region, over all its APIs. */
export const ACCOUNT_RATE = 'secure-api:accountRate';

/** A fifth of the account's rate stays free for the other APIs of the account, and for the other clients of this API. */
export const USABLE_SHARE = 0.8;

/**
 * The limits of a definition as they are enforced on a route. A route's own limit replaces the rate of the tier; the limit of
 * public routes replaces that of the stage.
 */
export function enforcedLimits(api: Api, options: EnforcedOptions = {}): EnforcedLimits {
  const { route, stage = DEFAULT_STAGE_THROTTLE } = options;
  const open = route !== undefined && !hasCaller(route.access) ? api.anonymous : undefined;
  const tiers = Object.entries(api.tiers).map(([name, { rate, burst, quota }]) => {
    const throttle: RateLimit = route?.limits[name] ?? { rate, burst };
    return { name, throttle, quota };
  });
  const rules = rateRules(api, options)
    .filter(({ routes }) => routes === undefined || routes.some(({ id }) => id === route?.id))
    .map(({ routes: _, ...rule }) => rule);
  return { tiers, rules, stage: open === undefined ? stage : { rate: open.rate, burst: open.burst } };
}
