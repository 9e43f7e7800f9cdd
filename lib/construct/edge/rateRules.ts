import type { RateRule } from '../../limits/index.ts';
import { routesStatement } from './paths.ts';
import type { CustomResponse, RuleDraft, Statement } from './rules.ts';

/**
 * The hash of the header, so that no token is a key of WAF's counters. MD5 is safe enough for this: a token with the same
 * hash only shares the count.
 */
const TOKEN_KEY = { header: { name: 'authorization', textTransformations: [{ priority: 0, type: 'MD5' }] } };

/** A rate-based rule of the web ACL. */
export function rateDraft(rule: RateRule, stageName: string): RuleDraft {
  const { name, by, limit, windowSeconds, routes } = rule;
  const scopeDownStatement: Statement | undefined = routes && routesStatement(routes, stageName);
  const counted = { limit, evaluationWindowSec: windowSeconds, scopeDownStatement };
  const rateBasedStatement =
    by === 'address'
      ? { aggregateKeyType: 'IP', ...counted }
      : { aggregateKeyType: 'CUSTOM_KEYS', customKeys: [TOKEN_KEY], ...counted };
  return { name, statement: { rateBasedStatement }, response: floodResponse(rule) };
}

/**
 * 429 instead of WAF's usual 403: only the number of requests is wrong, and a client that reads `Retry-After` retries in
 * time.
 */
function floodResponse({ by, windowSeconds }: RateRule): CustomResponse {
  return { key: `flood-by-${by}`, retryAfterSeconds: windowSeconds };
}
