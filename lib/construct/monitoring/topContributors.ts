import { Stack } from 'aws-cdk-lib';
import { CfnInsightRule } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import { insightRules } from './insightRules.ts';
import type { MonitoredResources } from './monitoredResources.ts';

/**
 * Contributor Insights rules: who sends most, and who is behind most requests of a kind. Alarms read them, and notifications name whom
 * they find.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html
 */
export function addTopContributors(scope: Construct, resources: MonitoredResources): void {
  const rules = new Construct(scope, 'TopContributors');
  const { restApi, accessLog, authorizer } = resources;
  for (const { id, log, keys, filters } of insightRules(resources)) {
    const logGroup = log === 'access' ? accessLog : authorizer.logGroup;
    new CfnInsightRule(rules, id, {
      ruleName: ruleName(restApi.restApiName, id),
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
}

/** The name of a rule: that of the API, which is unique in the region, and its id. */
export function ruleName(apiName: string, id: string): string {
  return `${apiName}-${id}`;
}
