import { hasCaller } from '../definition/access.ts';
import type { Api, Route } from '../definition/api.ts';
import type { AdvertisedPolicy, RouteLimits } from '../definition/bundledTypes.ts';
import type { Quota, RateLimit, Tier } from '../definition/tiers.ts';

/** Whom limits of public routes are for; no tier has this name, since public routes know none. */
const ANONYMOUS = 'anonymous';
const DAY_SECONDS = 86_400;
const PERIODS: Readonly<Record<Quota['per'], number | undefined>> = {
  DAY: DAY_SECONDS,
  WEEK: 7 * DAY_SECONDS,
  MONTH: undefined,
};

/** The limits of a route as its handler enforces and advertises them: exact ones, and the gateway's as the headers name them. */
export function routeLimits(api: Api, route: Route): RouteLimits {
  if (!hasCaller(route.access)) return anonymousLimits(api);
  const tiers = Object.entries(api.tiers).map(([name, tier]) => ({ name, tier, own: route.limits[name] }));
  const exact = tiers.flatMap(({ name, tier, own }) => {
    const limit = (own ?? tier).exact;
    return limit === undefined ? [] : [[name, { name: own === undefined ? name : `${name}-${route.id}`, ...limit }]];
  });
  const policies = tiers.map(({ name, tier, own }) => [name, tierPolicies(own ?? tier, tier)] as const);
  return { exact: Object.fromEntries(exact), policies: Object.fromEntries(policies) };
}

/** Whether a route has an exact limit, so that its function needs a limiter and a table of counters. */
export function hasExactLimit(api: Api, route: Route): boolean {
  return Object.keys(routeLimits(api, route).exact).length > 0;
}

/** All callers share the gateway's limit of a public route, so that it is not advertised to one of them. */
function anonymousLimits({ anonymous }: Api): RouteLimits {
  const limit = anonymous?.exact;
  return { exact: limit === undefined ? {} : { [ANONYMOUS]: { name: ANONYMOUS, ...limit } }, policies: {} };
}

/**
 * The rate as requests in the shortest window of whole seconds that holds a whole number of them, and the quota. The burst
 * is not in the headers: it allows an idle client to send more at once.
 */
function tierPolicies({ rate }: RateLimit, { quota }: Tier): readonly AdvertisedPolicy[] {
  const perSeconds = wholeWindow(rate);
  const period = PERIODS[quota.per];
  return [
    { name: 'rate', requests: Math.max(1, Math.floor(rate * perSeconds + ROUNDING)), perSeconds },
    { name: 'quota', requests: quota.requests, ...(period === undefined ? {} : { perSeconds: period }) },
  ];
}

/** The longest window that advertises a rate. A rate without a whole number in it is rounded down. */
const LONGEST_WINDOW = 3_600;
/** The rounding error of a product of decimal fractions. */
const ROUNDING = 1e-6;

/** Seconds in which a rate allows a whole number of requests. */
function wholeWindow(rate: number): number {
  for (let seconds = 1; seconds < LONGEST_WINDOW; seconds += 1) {
    const requests = Math.round(rate * seconds);
    if (requests > 0 && Math.abs(rate * seconds - requests) < ROUNDING) return seconds;
  }
  return LONGEST_WINDOW;
}
