import { Stack } from 'aws-cdk-lib';
import { CfnInsightRule } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { MonitoredResources } from './monitoredResources.ts';

interface TopContributors {
  readonly id: string;
  /** Members of the access log that identify a contributor. */
  readonly keys: readonly string[];
  readonly filters: readonly object[];
}

/** Who sends most requests, by the access log. Public routes have no client, so they are counted by address alone. */
const RULES: readonly TopContributors[] = [
  { id: 'TopClients', keys: ['$.client', '$.tier'], filters: [{ Match: '$.client', NotIn: ['-', ''] }] },
  { id: 'TopAddresses', keys: ['$.ip'], filters: [] },
  {
    id: 'TopThrottled',
    keys: ['$.client', '$.method', '$.routePath'],
    filters: [{ Match: '$.status', In: ['429'] }],
  },
];

/**
 * Contributor Insights rules over the access log: top clients, top addresses, and who is throttled most on which route.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/ContributorInsights-RuleSyntax.html
 */
export function addTopContributors(scope: Construct, { restApi, accessLog }: MonitoredResources): void {
  const rules = new Construct(scope, 'TopContributors');
  for (const { id, keys, filters } of RULES) {
    new CfnInsightRule(rules, id, {
      ruleName: `${restApi.restApiName}-${id}`,
      ruleState: 'ENABLED',
      ruleBody: Stack.of(scope).toJsonString({
        Schema: { Name: 'CloudWatchLogRule', Version: 1 },
        LogGroupNames: [accessLog.logGroupName],
        LogFormat: 'JSON',
        Contribution: { Keys: keys, Filters: filters },
        AggregateOn: 'Count',
      }),
    });
  }
}
