import { Stack } from 'aws-cdk-lib';
import { CfnInsightRule } from 'aws-cdk-lib/aws-cloudwatch';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { blockedInsightRules } from './blockedRules.ts';
import { type InsightRule, insightRules } from './insightRules.ts';
import type { MonitoredResources } from './monitoredResources.ts';

/** All Contributor Insights rules of an API; those over the log of the web ACL where there is one. */
export function apiInsightRules(resources: MonitoredResources): readonly InsightRule[] {
  return [...insightRules(resources), ...(resources.webAclLog === undefined ? [] : blockedInsightRules())];
}

/**
 * Contributor Insights rules: who sends most, and who is behind most requests of a kind. Alarms read them, and notifications name whom
 * they find.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html
 */
export function addTopContributors(scope: Construct, resources: MonitoredResources): void {
  const rules = new Construct(scope, 'TopContributors');
  const { restApi, accessLog, authorizer, webAclLog } = resources;
  const logs = { access: accessLog, authorizer: authorizer.logGroup, webAcl: webAclLog };
  for (const rule of apiInsightRules(resources)) {
    const logGroup = logs[rule.log];
    if (logGroup !== undefined) createInsightRule(rules, rule, { apiName: restApi.restApiName, logGroup });
  }
}

/** A Contributor Insights rule over a log group. */
export function createInsightRule(
  scope: Construct,
  { id, keys, filters }: InsightRule,
  { apiName, logGroup }: { readonly apiName: string; readonly logGroup: ILogGroup },
): void {
  new CfnInsightRule(scope, id, {
    ruleName: ruleName(apiName, id),
    ruleState: 'ENABLED',
    ruleBody: Stack.of(scope).toJsonString({
      Schema: { Name: 'CloudWatchLogRule', Version: 1 },
      LogGroupNames: [logGroup.logGroupName],
      LogFormat: 'JSON',
      Contribution: { Keys: keys, Filters: filters },
      AggregateOn: 'Count',
    }),
  });
}

/** The name of a rule: that of the API, which is unique in the region, and its id. */
export function ruleName(apiName: string, id: string): string {
  return `${apiName}-${id}`;
}
