import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnLoggingConfiguration, type CfnWebACL } from 'aws-cdk-lib/aws-wafv2';
import type { Construct } from 'constructs';
import { type LogSettings, logGroup } from '../logs.ts';

/** WAF takes no log group by another name. */
const PREFIX = 'aws-waf-logs-';

/**
 * Logs what a web ACL blocked or counted, with the token taken out.
 *
 * @see https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
 */
export function logBlocked(scope: Construct, acl: CfnWebACL, settings: LogSettings, name: string): void {
  const { account, region, partition } = Stack.of(scope);
  const group = logGroup(scope, 'WafLogs', settings, `${PREFIX}${name.replaceAll('-', '')}`);
  group.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${group.logGroupArn}:log-stream:*`],
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${account}:*` },
      },
    }),
  );
  const kept = (action: string) => ({ ActionCondition: { Action: action } });
  const configuration = new CfnLoggingConfiguration(scope, 'WafLogging', {
    resourceArn: acl.attrArn,
    // WAF wants the group itself; the attribute ends in `:*`, which names its streams.
    logDestinationConfigs: [`arn:${partition}:logs:${region}:${account}:log-group:${group.logGroupName}`],
    redactedFields: [{ singleHeader: { Name: 'authorization' } }, { singleHeader: { Name: 'cookie' } }],
    loggingFilter: {
      DefaultBehavior: 'DROP',
      Filters: [
        { Behavior: 'KEEP', Requirement: 'MEETS_ANY', Conditions: ['BLOCK', 'COUNT', 'EXCLUDED_AS_COUNT'].map(kept) },
      ],
    },
  });
  // WAF tries to write when it is told where.
  configuration.node.addDependency(group.node.findChild('Policy'));
}
