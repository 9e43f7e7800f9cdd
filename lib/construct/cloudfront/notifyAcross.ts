import { Stack, Validations } from 'aws-cdk-lib';
import { ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Subscription, SubscriptionProtocol } from 'aws-cdk-lib/aws-sns';
import { SEVERITIES } from '../../../lambdas/shared/severity.ts';
import type { AlarmTopics } from '../monitoring/alarmTopic.ts';
import type { Placement } from './placement.ts';

const TRIED_FOR_DAYS =
  'SNS tries to reach a function for 23 days, and what the function then fails to deliver goes to its own queue.';

/**
 * Has the notifier of the API notify people of alarms on the distribution. SNS delivers to a function of another region. The function
 * accepts the topics of the stack by the name that CloudFormation gives them, because references lead to us-east-1 alone.
 *
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-cross-region-delivery.html
 */
export function notifyAcross(placement: Placement, topics: AlarmTopics, notifier: LambdaFunction): void {
  const { scope } = placement;
  const endpoint = placement.crossStackValue('NotifierArn', notifier.functionArn);
  for (const severity of SEVERITIES) {
    const topic = topics[severity];
    const id = `Notifier${severity.charAt(0).toUpperCase()}${severity.slice(1)}`;
    const subscription = new Subscription(scope, id, { topic, endpoint, protocol: SubscriptionProtocol.LAMBDA });
    Validations.of(subscription).acknowledge({ id: 'Serverless-SNSRedrivePolicy', reason: TRIED_FOR_DAYS });
  }
  const { partition, account } = Stack.of(notifier);
  const { region, stackName } = Stack.of(scope);
  notifier.addPermission('Edge', {
    principal: new ServicePrincipal('sns.amazonaws.com'),
    sourceArn: `arn:${partition}:sns:${region}:${account}:${stackName}-*`,
  });
}
