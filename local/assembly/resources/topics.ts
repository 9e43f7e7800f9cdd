import { type ReportGap, reportUnreadProperties } from '../emulationGaps.ts';
import type { StackTemplate } from '../stackTemplate.ts';
import type { TopicModel } from '../topicModel.ts';
import { list, record, string } from '../values.ts';

const HARMLESS = [
  'ArchivePolicy',
  'DataProtectionPolicy',
  'DisplayName',
  'KmsMasterKeyId',
  'SignatureVersion',
  'TracingConfig',
];

/** Every SNS topic of a stack with its subscriptions, inline or as separate resources. */
export function readTopics(stack: StackTemplate, report: ReportGap): TopicModel[] {
  const beside = stack.ofType('AWS::SNS::Subscription');
  for (const resource of beside)
    reportUnreadProperties(resource, report, ['Endpoint', 'Protocol', 'RedrivePolicy', 'TopicArn'], ['Region']);
  return stack.ofType('AWS::SNS::Topic').map((resource) => {
    reportUnreadProperties(resource, report, ['Subscription', 'TopicName'], HARMLESS);
    const inside = list(resource.properties['Subscription']).map(record);
    const own = beside.map(({ properties }) => properties).filter(({ TopicArn }) => TopicArn === resource.ref);
    return {
      arn: resource.ref,
      name: resource.attribute('TopicName'),
      subscriptions: [...inside, ...own].map(({ Protocol, Endpoint, RedrivePolicy }) => {
        const deadLetters = string(record(RedrivePolicy)['deadLetterTargetArn']);
        return {
          protocol: string(Protocol) ?? '',
          endpoint: string(Endpoint) ?? '',
          ...(deadLetters === undefined ? {} : { deadLetters }),
        };
      }),
    };
  });
}
