import { Duration, Stack } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import { LIST_RULES } from './listRules.ts';

/** What a rule of a web ACL blocks. */
export interface RuleMetric {
  /** Name of the rule, such as `requests-per-address` or `AWSManagedRulesSQLiRuleSet`; its log has the same. */
  readonly rule: string;
  /** Requests that it blocked in five minutes. */
  readonly blocked: Metric;
  /** What it stops: an attack, too many requests, or who is on a list. */
  readonly kind: 'attack' | 'rate' | 'list';
}

const PERIOD = Duration.minutes(5);

/**
 * The metric of each rule that blocks, in the order in which WAF evaluates them. Rules that only count are left out.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/waf-metrics.html
 */
export function webAclRuleMetrics(acl: CfnWebACL): readonly RuleMetric[] {
  const { metricName: WebACL } = acl.visibilityConfig as CfnWebACL.VisibilityConfigProperty;
  // Metrics of CloudFront have no region.
  const region: Readonly<Record<string, string>> = acl.scope === 'CLOUDFRONT' ? {} : { Region: Stack.of(acl).region };
  const rules = (acl.rules ?? []) as readonly CfnWebACL.RuleProperty[];
  return rules
    .filter(({ action }) => action === undefined || 'block' in action)
    .map(({ name: rule, visibilityConfig, statement }) => {
      const { metricName: Rule } = visibilityConfig as CfnWebACL.VisibilityConfigProperty;
      const blocked = new Metric({
        namespace: 'AWS/WAFV2',
        metricName: 'BlockedRequests',
        dimensionsMap: { WebACL, Rule, ...region },
        label: rule,
        statistic: Stats.SUM,
        period: PERIOD,
      });
      const kind = 'rateBasedStatement' in statement ? 'rate' : LIST_RULES.includes(rule) ? 'list' : 'attack';
      return { rule, blocked, kind };
    });
}
