import type { RateRule } from '../../limits/index.ts';
import { routesStatement } from './paths.ts';
import type { CustomResponse, RuleDraft, Statement } from './rules.ts';

/**
 * The hash of the header, so that no token is a key of WAF's counters. A token has one value, so its hash has one, too;
 * that MD5 is broken does not matter: who finds another token with the same hash only shares its count.
 */
const TOKEN_KEY = { header: { name: 'authorization', textTransformations: [{ priority: 0, type: 'MD5' }] } };

/** A rule that counts, as a rule of the web ACL. */
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
 * 429 and not WAF's usual 403: nothing is wrong with a request but the number of them, and a client that reads `Retry-After`
 * comes back in time.
 */
function floodResponse({ by, windowSeconds }: RateRule): CustomResponse {
  return { key: `flood-by-${by}`, retryAfterSeconds: windowSeconds };
}
