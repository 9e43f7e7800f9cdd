import { Stack, Validations } from 'aws-cdk-lib';
import { type EventPattern, type IRuleTarget, Rule, type RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import type { Construct } from 'constructs';
import type { Severity } from '../../../lambdas/shared/severity.ts';
import { allowBy } from '../serviceRole.ts';
import type { AlarmTopics } from './alarmTopic.ts';

/** A rule on events of an AWS service that people have to hear of. */
export interface NotifyingRule {
  readonly id: string;
  readonly severity: Severity;
  readonly description: string;
  readonly pattern: EventPattern;
  /** What the topic gets. @default - the whole event, which the notifier reads */
  readonly input?: RuleTargetInput;
  /** Why no queue keeps events that could not be delivered. */
  readonly withoutQueueBecause: string;
}

/** Makes rules that notify the topics of the API. What EventBridge needs for it is allowed once for each topic. */
export class EventTopics {
  private readonly topics: AlarmTopics;
  private readonly key: Key;
  private readonly allowed = new Set<Topic>();

  /** @param key encrypts the topics */
  constructor(topics: AlarmTopics, key: Key) {
    this.topics = topics;
    this.key = key;
  }

  /** Adds a rule. */
  add(
    scope: Construct,
    { id, severity, description, pattern, input, withoutQueueBecause: reason }: NotifyingRule,
  ): Rule {
    const topic = this.topics[severity];
    this.allow(topic);
    const rule = new Rule(scope, id, { description, eventPattern: pattern });
    rule.addTarget(targetOf(topic, input));
    Validations.of(rule).acknowledge({ id: 'Serverless-EventBusDLQ', reason });
    return rule;
  }

  /**
   * EventBridge names neither account nor rule when it publishes to a topic or uses its key: with conditions on them it would deliver
   * nothing, and report nothing. So a rule of any account that knows the ARN of the topic can send messages to it, and read none.
   *
   * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
   * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
   */
  private allow(topic: Topic): void {
    if (this.allowed.has(topic)) return;
    const { account, region, partition } = Stack.of(topic);
    const principals = [new ServicePrincipal('events.amazonaws.com')];
    if (this.allowed.size === 0) {
      allowBy(
        this.key,
        new PolicyStatement({
          sid: 'RulesToTopicsOfThisAccount',
          principals,
          actions: ['kms:Decrypt', 'kms:GenerateDataKey'],
          // In the policy of a key, "*" is the key itself.
          resources: ['*'],
          conditions: {
            ArnLike: { 'kms:EncryptionContext:aws:sns:topicArn': `arn:${partition}:sns:${region}:${account}:*` },
          },
        }),
        'Rules on events of AWS services publish to the encrypted topics.',
      );
    }
    this.allowed.add(topic);
    allowBy(
      topic,
      new PolicyStatement({
        sid: 'EventsOfServices',
        principals,
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
      }),
      'Rules pass on what AWS services report, such as ACM about the certificate. EventBridge delivers nothing under a condition.',
    );
  }
}

/** The CDK's own target would add a statement for each rule, without a reason. */
function targetOf(topic: Topic, input: RuleTargetInput | undefined): IRuleTarget {
  return { bind: () => ({ arn: topic.topicArn, ...(input && { input }), targetResource: topic }) };
}
