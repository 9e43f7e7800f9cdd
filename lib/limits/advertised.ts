import type { Api, Route } from '../definition/api.ts';
import type { AdvertisedPolicy, ExactRule, RouteLimits } from '../definition/projected.ts';
import type { ExactLimit, Quota, RateLimit, Tier } from '../definition/tiers.ts';

/** Whom limits of public routes are for; no tier has this name, since public routes know none. */
const ANONYMOUS = 'anonymous';
/** The window that `exact: true` stands for. */
const MINUTE_SECONDS = 60;
const DAY_SECONDS = 86_400;
const PERIODS: Readonly<Record<Quota['per'], number | undefined>> = {
  DAY: DAY_SECONDS,
  WEEK: 7 * DAY_SECONDS,
  MONTH: undefined,
};

/** The limits of a route as its handler keeps and tells them: exact ones, and the gateway's in the words of the headers. */
export function routeLimits(api: Api, route: Route): RouteLimits {
  if (route.access.kind === 'public') return anonymousLimits(api);
  const tiers = Object.entries(api.tiers).map(([name, tier]) => ({ name, tier, own: route.limits[name] }));
  const exact = tiers.flatMap(({ name, tier, own }) => {
    const limit = own ?? tier;
    const rule = exactRule(own === undefined ? name : `${name}-${route.id}`, limit);
    return rule === undefined ? [] : [[name, rule] as const];
  });
  const policies = tiers.map(({ name, tier, own }) => [name, tierPolicies(own ?? tier, tier)] as const);
  return { exact: Object.fromEntries(exact), policies: Object.fromEntries(policies) };
}

/** Whether a route has an exact limit, so that its function needs a limiter and a table of counters. */
export function isExact(api: Api, route: Route): boolean {
  return Object.keys(routeLimits(api, route).exact).length > 0;
}

function anonymousLimits({ anonymous }: Api): RouteLimits {
  if (anonymous === undefined) return { exact: {}, policies: {} };
  const rule = exactRule(ANONYMOUS, anonymous);
  // The gateway's limit of a public route is shared by all callers, so it is nothing to tell one of them.
  return { exact: rule === undefined ? {} : { [ANONYMOUS]: { ...rule, by: 'address' } }, policies: {} };
}

function exactRule(name: string, { rate, exact }: RateLimit): ExactRule | undefined {
  if (exact === undefined) return undefined;
  const minute = { requests: Math.max(1, Math.ceil(rate * MINUTE_SECONDS)), perSeconds: MINUTE_SECONDS };
  const limit: ExactLimit = exact === true ? minute : exact;
  const { requests, perSeconds, by = 'client', onUnavailable = 'count-alone', lease = 1, delayMs = 0 } = limit;
  return { name, requests, perSeconds, by, onUnavailable, lease, delayMs };
}

/**
 * The rate as requests in the shortest window of whole seconds that holds a whole number of them, and the quota. The burst
 * has no place in the headers: it lets a client that was quiet send more at once.
 */
function tierPolicies({ rate }: RateLimit, { quota }: Tier): readonly AdvertisedPolicy[] {
  const perSeconds = wholeWindow(rate);
  const period = PERIODS[quota.per];
  return [
    { name: 'rate', requests: Math.max(1, Math.floor(rate * perSeconds + ROUNDING)), perSeconds },
    { name: 'quota', requests: quota.requests, ...(period === undefined ? {} : { perSeconds: period }) },
  ];
}

/** The longest window that a rate is told by; one of a second cannot be told exactly and is rounded down in it. */
const LONGEST_WINDOW = 3_600;
/** What a product of decimal fractions may be off by. */
const ROUNDING = 1e-6;

/** Seconds in which a rate lets through a whole number of requests. */
function wholeWindow(rate: number): number {
  for (let seconds = 1; seconds < LONGEST_WINDOW; seconds += 1) {
    const requests = Math.round(rate * seconds);
    if (requests > 0 && Math.abs(rate * seconds - requests) < ROUNDING) return seconds;
  }
  return LONGEST_WINDOW;
}
