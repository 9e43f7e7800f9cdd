import type { Api, Route } from '../definition/api.ts';
import type { Quota, RateLimit } from '../definition/tiers.ts';

/** The limit by address in front of the stage. */
interface AddressLimit {
  /** Requests of one address in the window that are still let through. */
  readonly limit: number;
  readonly windowSeconds: number;
}

/** Every limit that a request of one route meets. */
export interface EnforcedLimits {
  readonly tiers: readonly { readonly name: string; readonly throttle: RateLimit; readonly quota: Quota }[];
  readonly address: AddressLimit;
  /** Of the route, over all callers. */
  readonly stage: RateLimit;
}

/** What a deployment may set beside the definition. */
export interface EnforcedOptions {
  /** The route that is asked for. Default: one without limits of its own. */
  readonly route?: Route;
  /** Default: {@link defaultAddressLimit}. */
  readonly ipLimit?: number;
  /** Default: {@link DEFAULT_STAGE_THROTTLE}. */
  readonly stage?: RateLimit;
}

/** Default account quotas of a region: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html */
export const DEFAULT_STAGE_THROTTLE: RateLimit = { rate: 10_000, burst: 5_000 };
/** WAF's own default: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html */
export const ADDRESS_WINDOW_SECONDS = 300;
const LEAST_ADDRESS_LIMIT = 2_000;

/**
 * Requests that one address may send in {@link ADDRESS_WINDOW_SECONDS}: twice what the fastest tier may, and at least 2,000,
 * so that no client is taken for a flood while it keeps to its tier.
 */
export function defaultAddressLimit(api: Pick<Api, 'tiers'>): number {
  const fastest = Math.max(...Object.values(api.tiers).map((tier) => tier.rate));
  return Math.max(LEAST_ADDRESS_LIMIT, Math.ceil(2 * fastest * ADDRESS_WINDOW_SECONDS));
}

/**
 * The limits of a definition as they are enforced on a route. A route's own limit replaces the rate of the tier; the limit of
 * public routes replaces that of the stage.
 */
export function enforcedLimits(api: Api, options: EnforcedOptions = {}): EnforcedLimits {
  const { route, ipLimit, stage = DEFAULT_STAGE_THROTTLE } = options;
  const open = route?.access.kind === 'public' ? api.anonymous : undefined;
  const tiers = Object.entries(api.tiers).map(([name, { rate, burst, quota }]) => {
    const throttle: RateLimit = route?.limits[name] ?? { rate, burst };
    return { name, throttle, quota };
  });
  const address = { limit: ipLimit ?? defaultAddressLimit(api), windowSeconds: ADDRESS_WINDOW_SECONDS };
  return { tiers, address, stage: open === undefined ? stage : { rate: open.rate, burst: open.burst } };
}
