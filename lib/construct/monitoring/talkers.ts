import { Stack } from 'aws-cdk-lib';
import { CfnInsightRule } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { Subjects } from './subjects.ts';

interface Talkers {
  readonly id: string;
  /** Members of the access log that a contributor is told by. */
  readonly keys: readonly string[];
  readonly filters: readonly object[];
}

/** Who talks most, by the access log. Public routes have no client, so they are counted by address alone. */
const RULES: readonly Talkers[] = [
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
export function watchTalkers(scope: Construct, { restApi, accessLog }: Subjects): void {
  const talkers = new Construct(scope, 'Talkers');
  for (const { id, keys, filters } of RULES) {
    new CfnInsightRule(talkers, id, {
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
