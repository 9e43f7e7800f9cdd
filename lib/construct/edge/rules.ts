import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';

/** A rule and the bodies that its answers use. */
export interface RateRule {
  readonly rule: CfnWebACL.RuleProperty;
  readonly bodies: Readonly<Record<string, CfnWebACL.CustomResponseBodyProperty>>;
}

const BODY_KEY = 'throttled';
/**
 * Counted, not blocked: it refuses bodies above 8 KB, which a definition may well allow. How large a body may be, each
 * route says itself, and the handler refuses larger ones with 413. Everything else of the common rules blocks.
 */
const COUNTED_RULE = 'SizeRestrictions_BODY';
const COMMON = 'AWSManagedRulesCommonRuleSet';

/**
 * Too many requests from one address. The answer is 429 and not WAF's usual 403: nothing is wrong with a request but the
 * number of them, and a client that reads `Retry-After` comes back in time. WAF fixes the media type of its answers to
 * `application/json`; the document is the same as that of any other problem.
 */
export function rateRule(apiName: string, limit: number, windowSeconds: number): RateRule {
  const problem = {
    type: 'https://secure-api.dev/errors/throttled',
    title: 'Too many requests',
    status: 429,
    detail: 'Too many requests came from this address.',
    code: 'throttled',
  };
  const customResponse = {
    responseCode: 429,
    customResponseBodyKey: BODY_KEY,
    responseHeaders: [{ name: 'Retry-After', value: String(windowSeconds) }],
  };
  return {
    bodies: { [BODY_KEY]: { contentType: 'APPLICATION_JSON', content: JSON.stringify(problem) } },
    rule: {
      name: 'requests-per-address',
      priority: 0,
      statement: { rateBasedStatement: { aggregateKeyType: 'IP', limit, evaluationWindowSec: windowSeconds } },
      action: { block: { customResponse } },
      visibilityConfig: visibility(`${apiName}-requests-per-address`),
    },
  };
}

/** A rule group that AWS maintains; what it matches is blocked with 403 (`waf-blocked`). */
export function managedRule(apiName: string, name: string, priority: number): CfnWebACL.RuleProperty {
  const ruleActionOverrides = name === COMMON ? [{ name: COUNTED_RULE, actionToUse: { count: {} } }] : undefined;
  return {
    name,
    priority,
    overrideAction: { none: {} },
    statement: { managedRuleGroupStatement: { vendorName: 'AWS', name, ruleActionOverrides } },
    visibilityConfig: visibility(`${apiName}-${name}`),
  };
}

/** Metrics without samples: a sampled request is kept with all its headers, tokens among them. */
export function visibility(metricName: string): CfnWebACL.VisibilityConfigProperty {
  return { cloudWatchMetricsEnabled: true, sampledRequestsEnabled: false, metricName };
}
