import { Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { type ITopic, Topic } from 'aws-cdk-lib/aws-sns';
import { UrlSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import type { Construct } from 'constructs';
import { SEVERITIES, type Severity } from '../../../lambdas/shared/severity.ts';
import { allowBy, explainActions } from '../serviceRole.ts';
import { type Notify, recipientsOf } from './notify.ts';

/** The construct ids. That of pages is the only topic of older stacks, so its logical id, with its subscriptions, stays. */
const IDS: Readonly<Record<Severity, string>> = { page: 'AlarmTopic', ticket: 'TicketTopic', info: 'InfoTopic' };

/** One encrypted topic for the alarms of each severity. Only alarms of this account publish to them, over TLS. */
export type AlarmTopics = Readonly<Record<Severity, Topic>>;

/** Makes the topics. Endpoints that want CloudWatch's own messages subscribe to them. */
export function createAlarmTopics(scope: Construct, masterKey: Key, notify: readonly Notify[]): AlarmTopics {
  return forEachSeverity((severity) => {
    const topic = createTopic(scope, IDS[severity], masterKey);
    for (const { target } of recipientsOf(notify, severity)) {
      if (target.kind === 'https') topic.addSubscription(new UrlSubscription(target.url));
    }
    return topic;
  });
}

/** The topics that alarms of each severity notify: those of the API, and given ones. */
export function notifiedTopics(
  topics: AlarmTopics,
  notify: readonly Notify[],
): Readonly<Record<Severity, readonly ITopic[]>> {
  return forEachSeverity((severity) => {
    const recipients = recipientsOf(notify, severity);
    return [topics[severity], ...recipients.flatMap(({ target }) => (target.kind === 'topic' ? [target.topic] : []))];
  });
}

/** An encrypted topic that alarms of this account may notify. Its messages are signed with SHA-256. */
export function createTopic(scope: Construct, id: string, masterKey: Key): Topic {
  const topic = new Topic(scope, id, { masterKey, enforceSSL: true, signatureVersion: '2' });
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
  return topic;
}

function forEachSeverity<T>(make: (severity: Severity) => T): Readonly<Record<Severity, T>> {
  return Object.fromEntries(SEVERITIES.map((severity) => [severity, make(severity)])) as Record<Severity, T>;
}
