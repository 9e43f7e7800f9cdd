import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { allowBy } from './serviceRole.ts';

/**
 * Lets a service of AWS deliver a log to a group.
 *
 * @returns The ARN of the group. Its own attribute ends in `:*`: services do not accept that as a destination, and with a stream behind it it
 * matches none.
 */
export function allowDelivery(group: LogGroup, reason: string): string {
  const { account, region, partition } = Stack.of(group);
  const groupArn = `arn:${partition}:logs:${region}:${account}:log-group:${group.logGroupName}`;
  allowBy(
    group,
    new PolicyStatement({
      principals: [new ServicePrincipal('delivery.logs.amazonaws.com')],
      actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      resources: [`${groupArn}:log-stream:*`],
      conditions: {
        StringEquals: { 'aws:SourceAccount': account },
        ArnLike: { 'aws:SourceArn': `arn:${partition}:logs:${region}:${account}:*` },
      },
    }),
    reason,
  );
  return groupArn;
}
