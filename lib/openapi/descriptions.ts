import type { Access, Ownership } from '../definition/access.ts';
import type { Route } from '../definition/api.ts';
import type { AnonymousLimit, FloodLimit, RateLimit, Tier } from '../definition/tiers.ts';
import { describeWebhook } from './webhooks.ts';

/** `10 requests a second, 20 at once, 10,000 a day`. */
export function describeTier(tier: Tier): string {
  return `${describeLimit(tier)}, ${grouped(tier.quota.requests)} a ${tier.quota.per.toLowerCase()}`;
}

/** `10 requests a second, 20 at once`. */
export function describeLimit({ rate, burst, exact }: RateLimit): string {
  const gateway = `${grouped(rate)} requests a second, ${grouped(burst)} at once`;
  if (exact === undefined) return gateway;
  return `${gateway}, never more than ${grouped(exact.requests)} in ${grouped(exact.perSeconds)} seconds`;
}

/** `50 requests a second to each public route, 100 at once; 1,500 in five minutes from one address`. */
export function describeAnonymousLimit({ rate, burst, perAddress }: AnonymousLimit): string {
  const route = `${grouped(rate)} requests a second to each public route, ${grouped(burst)} at once`;
  return `${route}; ${grouped(perAddress)} in five minutes from one address`;
}

/** `10 requests in 60 seconds from one address`. */
export function describeFlood({ requests, perSeconds }: FloodLimit): string {
  return `${grouped(requests)} requests in ${perSeconds} seconds from one address`;
}

/** Who is allowed to call an operation, in a sentence or two. */
export function describeAccess({ access, ownership, where }: Pick<Route, 'access' | 'ownership' | 'where'>): string {
  if (access.kind === 'public') return `Public: ${access.reason}.`;
  if (access.kind === 'webhook') return describeWebhook(access.webhook);
  const needs =
    access.kind === 'authenticated'
      ? `For every caller with a valid token: ${access.reason}.`
      : `Needs ${describeGrants(access)}.`;
  const rules = [
    ...(ownership === undefined ? [] : [describeOwnership(ownership)]),
    ...Object.entries(where ?? {}).map(
      ([name, claim]) => `\`${name}\` must be the claim \`${claim}\` of the caller, spelled the same.`,
    ),
  ];
  return [needs, ...rules].join(' ');
}

function describeGrants(access: Extract<Access, { readonly kind: 'permission' | 'scopes' }>): string {
  const { scopes = [] } = access;
  const named = scopes.map((scope) => `\`${scope}\``).join(' and ');
  const asked = scopes.length === 0 ? [] : [`the OAuth ${scopes.length === 1 ? 'scope' : 'scopes'} ${named}`];
  return [...(access.kind === 'permission' ? [`the permission \`${access.permission}\``] : []), ...asked].join(' and ');
}

function describeOwnership({ field, unless }: Ownership): string {
  const exception = unless === undefined ? '' : `, unless the caller has the permission \`${unless}\``;
  return `Only for what the caller owns (\`${field}\`)${exception}.`;
}

/** Thousands by comma, whatever the locale of the machine is. */
function grouped(value: number): string {
  return value.toLocaleString('en-US');
}
