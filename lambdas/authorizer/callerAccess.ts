import type { AccessPolicy, AuthorizerPolicy } from '../../lib/definition/bundledTypes.ts';
import { claimString } from '../shared/callerClaims.ts';
import { unique } from '../shared/claimValues.ts';
import { ofLast } from '../shared/ofLast.ts';
import { routeMethod } from '../shared/servedMethods.ts';
import { addBit, bitsKey, noBits } from './bits.ts';
import { type Denial, denialOf } from './denial.ts';
import type { AuthorizerEvent } from './event.ts';
import { type CallerPolicies, policyWriter } from './policy.ts';
import type { DenyReason } from './reasons.ts';
import { denialReasons, type Holder, missingReason, routeAccess } from './routeAccess.ts';
import { stageOf } from './shortArn.ts';
import { sizedCache } from './sizedCache.ts';

/**
 * Bytes of the cached access of callers: some 4,500 sets of roles with the longest policies, and more with short ones. The authorizer has
 * 256 MB, which is room for them beside its code and the tokens that it remembers.
 */
const MAX_CACHED_BYTES = 20 * 1024 * 1024;
/** About what an entry takes besides its key and its policies. */
const ENTRY_BYTES = 2048;

type Route = AccessPolicy['routes'][number];

/** What a caller is allowed to do, for every route: nothing of it depends on the request. */
export interface CallerAccess {
  /** What the caller is missing for a route; undefined if nothing, besides claims. */
  readonly missing: (route: Route) => DenyReason | undefined;
  readonly denial: Denial;
  /** Every reason for which a route denies the caller. */
  readonly denialReasons: string;
  readonly policies: CallerPolicies;
}

/**
 * Makes the function that looks up the access of a caller. It is cached by everything that it depends on: the roles that count, those that
 * exclude each other, scopes, and the claims that routes compare. They come from the token of each request, so a changed role has
 * another entry, and no entry is ever too old.
 */
export function callerAccess(policy: AuthorizerPolicy): (holder: Holder, methodArn: string) => CallerAccess {
  const lookUp = routeAccess(policy);
  const write = policyWriter(policy);
  const cache = sizedCache<CallerAccess>(MAX_CACHED_BYTES);
  const roles = setKeys(Object.keys(policy.roles));
  const scopes = setKeys(policy.routes.flatMap(({ access }) => ('scopes' in access ? (access.scopes ?? []) : [])));
  const compared = unique(policy.routes.flatMap(({ where = {} }) => Object.values(where)));
  const numbers = new Map(policy.routes.map((route, i) => [route, i]));
  const hasComparison = compared.length > 0;
  const numberOfStage = stageNumbers();
  const keyOf = ({ roles: held, scopes: granted, claims, ignored }: Holder) => {
    let key = `${roles(held)}/${roles(ignored.exclusive)}/${scopes(granted)}`;
    for (const name of compared) key += `/${claimString(claims, name) ?? ''}`;
    return key;
  };

  return (holder, methodArn) => {
    const stage = stageOf(methodArn);
    const key = `${keyOf(holder)}/${numberOfStage(stage)}`;
    const known = cache.get(key);
    if (known !== undefined) return known;
    const access = lookUp(holder);
    const found: CallerAccess = {
      missing: (route) => missingReason(access, numbers.get(route) ?? -1),
      denial: denialOf(access, hasComparison),
      denialReasons: denialReasons(access),
      policies: write({ allowed: access.allowed, claims: holder.claims, stage }),
    };
    cache.set(key, found, ENTRY_BYTES + 3 * key.length + found.policies.keptBytes);
    return found;
  };
}

/**
 * Makes the function that returns a short string for a set of names; others than these have no effect. Most callers have one role and no scope:
 * such strings are computed once.
 */
function setKeys(names: readonly string[]): (held: readonly string[]) => string {
  const numbers = new Map(unique(names).map((name, i) => [name, i]));
  const keyOf = (held: readonly string[]) => {
    const bits = noBits(numbers.size);
    for (const name of held) {
      const number = numbers.get(name);
      if (number !== undefined) addBit(bits, number);
    }
    return bitsKey(bits);
  };
  const ofNone = keyOf([]);
  const ofOne = new Map(Array.from(numbers.keys(), (name) => [name, keyOf([name])]));
  return (held) => {
    const [name] = held;
    if (name === undefined) return ofNone;
    return held.length === 1 ? (ofOne.get(name) ?? ofNone) : keyOf(held);
  };
}

/** Makes the function that numbers stages, of which an API has at most ten ("API Gateway quotas"): keys with their ARNs take long to look up. */
function stageNumbers(): (stage: string) => number {
  const numbers = new Map<string, number>();
  return ofLast((stage) => {
    const number = numbers.get(stage) ?? numbers.size;
    numbers.set(stage, number);
    return number;
  });
}

/** Makes the function that finds the route of the definition to which the gateway matched a request. */
export function requestedRoutes({ routes }: Pick<AccessPolicy, 'routes'>) {
  const byResource = new Map(routes.map((route) => [`${route.method} ${route.path}`, route]));
  return ({ httpMethod, resource }: Pick<AuthorizerEvent, 'httpMethod' | 'resource'>): Route | undefined =>
    byResource.get(`${routeMethod(httpMethod)} ${resource}`);
}
