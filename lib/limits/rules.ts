import { hasCaller } from '../definition/access.ts';
import type { Api, Route } from '../definition/api.ts';

/** Counts requests by address or by token over a window, in front of everything else. */
export interface RateRule {
  /** Lower case letters, digits and `-`; it is the name of a rule of the web ACL and the end of its metric's name. */
  readonly name: string;
  readonly by: 'address' | 'token';
  /** Requests in the window that are still allowed. */
  readonly limit: number;
  readonly windowSeconds: number;
  /** The routes whose requests it counts; absent for all requests, also those to no route. */
  readonly routes?: readonly Route[];
}

/** What a deployment can set besides the definition. */
export interface RateRuleOptions {
  /** Requests of one address in five minutes. Default: twice what the fastest tier allows, at least 2,000. */
  readonly ipLimit?: number;
  /** Requests with one token in five minutes; `false` for no such rule. Default: twice what the fastest tier allows, at least 2,000. */
  readonly tokenLimit?: number | false;
}

/** WAF's own default: https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-type-rate-based.html */
const WINDOW_SECONDS = 300;
const MIN_ADDRESS_LIMIT = 2_000;

/**
 * Requests that one address is allowed to send in five minutes: twice what the fastest tier allows, and at least 2,000, so that
 * no client within its tier counts as a flood.
 */
function defaultAddressLimit(api: Pick<Api, 'tiers'>): number {
  const fastest = Math.max(...Object.values(api.tiers).map((tier) => tier.rate));
  return Math.max(MIN_ADDRESS_LIMIT, Math.ceil(2 * fastest * WINDOW_SECONDS));
}

/** Every rate rule of an API in the order in which requests meet them. The first that is exceeded ends a request. */
export function rateRules(api: Api, options: RateRuleOptions = {}): readonly RateRule[] {
  const usual = defaultAddressLimit(api);
  const { ipLimit = usual, tokenLimit = usual } = options;
  const routes = Object.values(api.routes);
  const rules: RateRule[] = [
    { name: 'requests-per-address', by: 'address', limit: ipLimit, windowSeconds: WINDOW_SECONDS },
  ];
  for (const route of routes) {
    if (route.flood === undefined) continue;
    const { requests: limit, perSeconds: windowSeconds } = route.flood;
    rules.push({ name: `requests-to-${dashed(route.id)}`, by: 'address', limit, windowSeconds, routes: [route] });
  }
  const open = routes.filter(({ access }) => !hasCaller(access));
  if (api.anonymous !== undefined && open.length > 0) {
    const { perAddress: limit } = api.anonymous;
    rules.push({ name: 'requests-without-token', by: 'address', limit, windowSeconds: WINDOW_SECONDS, routes: open });
  }
  if (tokenLimit === false) return rules;
  return [...rules, { name: 'requests-per-token', by: 'token', limit: tokenLimit, windowSeconds: WINDOW_SECONDS }];
}

/** `createDocument` → `create-document`. */
function dashed(id: string): string {
  return id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
