import { policyWriter } from '../../lambdas/authorizer/policy.ts';
import { routeAccess } from '../../lambdas/authorizer/routeAccess.ts';
import type { Api } from '../definition/api.ts';
import { accessPolicy } from './policy.ts';

/** As long as the ARN of a stage gets, but for the name of the stage. */
const LONGEST_ARN = 'arn:aws-us-gov:execute-api:ap-northeast-1:123456789012:a1b2c3d4e5';
/** Pairs of roles that are examined, so that a synth does not take longer the more roles there are. */
const MAX_PAIRS = 300;

/** Routes that policies leave to the second check of the handlers, because a policy has at most 8,192 characters. */
export interface OpenRoutes {
  /** Single roles whose policy leaves some, and how many. */
  readonly roles: Readonly<Record<string, number>>;
  /** Pairs of roles that were examined, and those of them whose policy leaves some. */
  readonly pairs: { readonly examined: number; readonly open: number };
  /** The most routes that one of these policies leaves. */
  readonly most: number;
}

/**
 * Counts the routes that the authorizer's policies leave to the handlers: for each role, and for pairs of roles. Tokens are taken to have
 * all scopes and claims.
 *
 * @param stage name of the stage, which is part of each resource of a policy.
 * @example
 * ```ts
 * openRoutes(documents, 'prod');
 * // { roles: {}, pairs: { examined: 6, open: 0 }, most: 0 }
 * ```
 */
export function openRoutes(api: Api, stage = 'prod'): OpenRoutes {
  const policy = accessPolicy(api);
  const access = routeAccess(policy);
  const write = policyWriter(policy);
  const claims = Object.fromEntries(Object.keys(api.claimRules).map((name) => [name, '0']));
  const holder = { scopes: policy.scopes, claims, ignored: { exclusive: [] } };
  const openFor = (roles: readonly string[]) => {
    const { allowed } = access({ ...holder, roles });
    return write({ allowed, claims, stage: `${LONGEST_ARN}/${stage}` }).permitted.openRoutes;
  };
  const names = Object.keys(policy.roles);
  const counts = names.map((role) => [role, openFor([role])] as const);
  const pairs = names.flatMap((one, i) => names.slice(i + 1).map((other) => [one, other])).slice(0, MAX_PAIRS);
  const ofPairs = pairs.map(openFor);
  return {
    roles: Object.fromEntries(counts.filter(([, count]) => count > 0)),
    pairs: { examined: pairs.length, open: ofPairs.filter((count) => count > 0).length },
    most: Math.max(0, ...counts.map(([, count]) => count), ...ofPairs),
  };
}
