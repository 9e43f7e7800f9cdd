import { LIST_RULES } from '../edge/listRules.ts';
import type { Filter, InsightRule } from './insightRules.ts';

const BLOCKED: Filter = { Match: '$.action', In: ['BLOCK'] };
/** https://docs.aws.amazon.com/waf/latest/developerguide/logging-fields.html */
const BY_RATE = ['RATE_BASED'];

/** The ids of rules over the log of a web ACL. That of a distribution can be in the same region as that of the API. */
export function blockedIds(isOfDistribution = false) {
  const prefix = isOfDistribution ? 'Edge' : '';
  return {
    rules: `${prefix}BlockedRules`,
    addresses: `${prefix}BlockedAddresses`,
    limited: `${prefix}RateLimitedAddresses`,
  };
}

/**
 * Which rules of a web ACL block most, and whom. Who sends too much, and who is on a list, is no attacker yet, so addresses of both are
 * not among the blocked ones. Rules inside managed groups are in arrays, which Contributor Insights documents no path into: the saved
 * query has them.
 */
export function blockedInsightRules(isOfDistribution = false): readonly InsightRule[] {
  const ids = blockedIds(isOfDistribution);
  const of = (id: string, key: string, ...filters: readonly Filter[]): InsightRule => {
    return { id, log: 'webAcl', keys: [key], filters: [BLOCKED, ...filters] };
  };
  return [
    of(ids.rules, '$.terminatingRuleId'),
    of(
      ids.addresses,
      '$.httpRequest.clientIp',
      { Match: '$.terminatingRuleType', NotIn: BY_RATE },
      { Match: '$.terminatingRuleId', NotIn: LIST_RULES },
    ),
    of(ids.limited, '$.httpRequest.clientIp', { Match: '$.terminatingRuleType', In: BY_RATE }),
  ];
}
