import { policyWriter } from '../../lambdas/authorizer/policy.ts';
import { routeAccess } from '../../lambdas/authorizer/routeAccess.ts';
import type { Api } from '../definition/api.ts';
import { valueLength } from '../definition/checks/resourceLength.ts';
import { exclusivePairs } from '../definition/exclusiveRoles.ts';
import { authorizerPolicy } from './compiledPatterns.ts';
import { accessPolicy } from './policy.ts';

/** As long as the ARN of a stage gets, but for the name of the stage. */
const LONGEST_ARN = 'arn:aws-us-gov:execute-api:ap-northeast-1:123456789012:a1b2c3d4e5';
/** Pairs of roles that are examined, so that a synth does not take longer the more roles there are. */
const MAX_PAIRS = 300;

/** Routes that policies leave to the second check of the handlers, because a policy has at most 8,192 characters. */
export interface OpenRoutes {
  /** Single roles whose policy leaves some, and how many. */
  readonly roles: Readonly<Record<string, number>>;
  /** Pairs of roles that one caller can have: all, those that were examined, and those of them whose policy leaves some. */
  readonly pairs: {
    readonly total: number;
    readonly examined: number;
    readonly open: number;
    /** The pair whose policy leaves most, and how many; absent where no pair's policy leaves any. */
    readonly most?: { readonly roles: readonly string[]; readonly routes: number };
  };
}

/**
 * Counts the routes that the authorizer's policies leave to the handlers at most: for each role, and for pairs of roles. Tokens are taken to
 * have all scopes, and the longest values of claims.
 *
 * @param stage name of the stage, which is part of each resource of a policy.
 * @example
 * ```ts
 * openRoutes(documents, 'prod');
 * // { roles: {}, pairs: { total: 6, examined: 6, open: 0 } }
 * ```
 */
export function openRoutes(api: Api, stage: string): OpenRoutes {
  const policy = accessPolicy(api);
  const access = routeAccess(policy);
  const write = policyWriter(authorizerPolicy(policy));
  const claims = Object.fromEntries(
    Object.entries(api.claimRules).map(([name, rule]) => [name, '0'.repeat(valueLength(rule))]),
  );
  const holder = { scopes: policy.scopes, claims, ignored: { exclusive: [] } };
  const openFor = (roles: readonly string[]) => {
    const { allowed } = access({ ...holder, roles });
    return write({ allowed, claims, stage: `${LONGEST_ARN}/${stage}` }).permitted.openRoutes;
  };
  const names = Object.keys(policy.roles);
  const counts = names.map((role) => [role, openFor([role])] as const);
  const excluded = new Set(exclusivePairs(api.roles.byName).map((pair) => pair.join(' ')));
  const possible = names
    .flatMap((one, i) => names.slice(i + 1).map((other) => [one, other]))
    .filter((pair) => !excluded.has(pair.join(' ')));
  const pairs = sample(possible);
  const open = pairs.map((pair) => ({ roles: pair, routes: openFor(pair) })).filter(({ routes }) => routes > 0);
  const [most] = open.toSorted((one, other) => other.routes - one.routes);
  return {
    roles: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    pairs: {
      total: possible.length,
      examined: pairs.length,
      open: open.length,
      ...(most === undefined ? {} : { most }),
    },
  };
}

/**
 * Describes the pairs of roles whose policy leaves routes.
 *
 * @example
 * ```ts
 * openPairs({ total: 4950, examined: 300, open: 2 }); // '2 of 300 examined pairs of roles (4950 in all)'
 * ```
 */
export function openPairs({ total, examined, open }: Omit<OpenRoutes['pairs'], 'most'>): string {
  return total === examined
    ? `${open} of ${examined} pairs of roles`
    : `${open} of ${examined} examined pairs of roles (${total} in all)`;
}

/**
 * Describes the pair whose policy leaves most routes.
 *
 * @example
 * ```ts
 * mostOpen({ roles: ['clerk', 'auditor'], routes: 212 }); // 'up to 212 (clerk + auditor)'
 * ```
 */
export function mostOpen({ roles, routes }: NonNullable<OpenRoutes['pairs']['most']>): string {
  return `up to ${routes} (${roles.join(' + ')})`;
}

/** At most {@link MAX_PAIRS}, spread over all. */
function sample<T>(pairs: readonly T[]): readonly T[] {
  const step = Math.max(1, pairs.length / MAX_PAIRS);
  return pairs.filter((_, i) => i === 0 || Math.floor(i / step) > Math.floor((i - 1) / step));
}
