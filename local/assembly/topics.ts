import type { TopicModel } from './model.ts';
import { type Note, noteUnread } from './notices.ts';
import type { Scope } from './scope.ts';
import { list, record, text } from './values.ts';

const HARMLESS = [
  'ArchivePolicy',
  'DataProtectionPolicy',
  'DisplayName',
  'KmsMasterKeyId',
  'SignatureVersion',
  'TracingConfig',
];

/** Every SNS topic of a stack with its subscriptions, those inside the topic and those beside it. */
export function readTopics(scope: Scope, note: Note): TopicModel[] {
  const beside = scope.ofType('AWS::SNS::Subscription');
  for (const resource of beside) noteUnread(resource, note, ['Endpoint', 'Protocol', 'TopicArn'], ['Region']);
  return scope.ofType('AWS::SNS::Topic').map((resource) => {
    noteUnread(resource, note, ['Subscription', 'TopicName'], HARMLESS);
    const inside = list(resource.properties['Subscription']).map(record);
    const own = beside.map(({ properties }) => properties).filter(({ TopicArn }) => TopicArn === resource.ref);
    return {
      arn: resource.ref,
      name: resource.attribute('TopicName'),
      subscriptions: [...inside, ...own].map(({ Protocol, Endpoint }) => ({
        protocol: text(Protocol) ?? '',
        endpoint: text(Endpoint) ?? '',
      })),
    };
  });
}
