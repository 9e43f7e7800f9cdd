import { Stack } from 'aws-cdk-lib';
import type { Template } from 'aws-cdk-lib/assertions';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { beforeAll, describe, expect, it } from 'vitest';
import { Notify } from '../../lib/construct/index.ts';
import { listAt, ofType, only, smallTemplate } from './support.ts';

let template: Template;
beforeAll(() => {
  template = smallTemplate({ notify: [Notify.email('ops@example.com'), Notify.https('https://hooks.example.com/a')] });
});

describe('the topics', () => {
  it('are encrypted, reject publishers without TLS, and accept alarms of this account alone', () => {
    const topics = ofType(template, 'AWS::SNS::Topic');
    expect(topics).toHaveLength(4);
    for (const [, topic] of topics) {
      expect(topic.Properties).toMatchObject({ KmsMasterKeyId: expect.anything(), SignatureVersion: '2' });
    }
    const [deny, allow] = listAt(
      only(template, 'AWS::SNS::TopicPolicy', 'TicketTopic'),
      'Properties.PolicyDocument.Statement',
    );
    expect(deny).toMatchObject({ Effect: 'Deny', Condition: { Bool: { 'aws:SecureTransport': 'false' } } });
    expect(allow).toMatchObject({
      Principal: { Service: 'cloudwatch.amazonaws.com' },
      Condition: { StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } } },
    });
  });

  it('notify endpoints that want the messages of CloudWatch', () => {
    const subscribed = ofType(template, 'AWS::SNS::Subscription').filter(
      ([, { Properties }]) => Properties['Protocol'] === 'https',
    );
    expect(subscribed.map(([id, { Properties }]) => [/(\w+Topic)https/.exec(id)?.[1], Properties['Endpoint']])).toEqual(
      [
        ['ApiMonitoringAlarmTopic', 'https://hooks.example.com/a'],
        ['ApiMonitoringTicketTopic', 'https://hooks.example.com/a'],
        ['ApiMonitoringInfoTopic', 'https://hooks.example.com/a'],
      ],
    );
  });

  it('have the topics of others beside it', () => {
    const topic = (stack: Stack) => Topic.fromTopicArn(stack, 'Imported', 'arn:aws:sns:eu-west-1:123456789012:ops');
    const elsewhere = smallTemplate({ notify: [Notify.topic(topic(new Stack()))] });
    for (const [, alarm] of ofType(elsewhere, 'AWS::CloudWatch::Alarm')) {
      const actions = listAt(alarm, 'Properties.AlarmActions').map((action) => JSON.stringify(action));
      expect(new Set(actions).size).toBe(actions.length);
    }
    const actions = listAt(only(elsewhere, 'AWS::CloudWatch::Alarm', 'Surge'), 'Properties.AlarmActions');
    expect(actions).toEqual([{ Ref: expect.any(String) }, 'arn:aws:sns:eu-west-1:123456789012:ops']);
  });
});
