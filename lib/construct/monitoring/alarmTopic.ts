import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import { allowBy, explainActions } from '../serviceRole.ts';
import { type Notify, recipientsOf } from './notify.ts';

/** The encrypted topic of an API's alarms. Only alarms of this account publish to it, over TLS. */
export function createAlarmTopic(scope: Construct, masterKey: Key, notify: readonly Notify[]): Topic {
  const topic = new Topic(scope, 'AlarmTopic', { masterKey, enforceSSL: true });
  explainActions(topic, { 'sns:Publish': 'Denies what is not sent over TLS.' });
  allowBy(
    topic,
    new PolicyStatement({
      sid: 'AlarmsOfThisAccount',
      principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
      conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(scope).account } },
    }),
    'The alarms of this account notify it.',
  );
  Validations.of(topic).acknowledge({
    id: 'Serverless-SNSRedrivePolicy',
    reason: 'SNS retries for hours; later notifications are of no use, and the history of the alarm has them.',
  });
  for (const { target } of recipientsOf(notify, 'page')) {
    if (target.kind === 'subscription') topic.addSubscription(target.subscription);
  }
  return topic;
}
