import { Stack, Validations } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { EventField, type EventPattern, type IRuleTarget, Match, Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import type { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { allowBy } from '../serviceRole.ts';
import { CERTIFICATE_DAYS } from './certificateAlarm.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** Whose certificate is watched, and who is notified. All are in one region. */
interface RenewalParts {
  /** Name of the API, which messages begin with. */
  readonly apiName: string;
  readonly certificate: ICertificate;
  readonly topic: Topic;
  /** Encrypts the topic. */
  readonly key: Key;
  readonly thresholds: Pick<AlarmThresholds, 'certificateDays'>;
}

interface RenewalEvent {
  readonly id: string;
  readonly description: string;
  readonly pattern: EventPattern;
  /** What a person reads. A field that an event does not have is empty. */
  readonly message: string;
}

const NAME = EventField.fromPath('$.detail.CommonName');
const DAYS = EventField.fromPath('$.detail.DaysToExpiry');
const REASON = EventField.fromPath('$.detail.RenewalStatusReason');
const FIX =
  'Restore its validation record (secure-api domain status shows it), or, if it is imported, import the next one under the same ARN.';

/**
 * Rules that pass on what ACM and AWS Health report about one certificate: it is about to expire, its renewal needs an action, it has
 * expired or was revoked. Imported certificates have the first and the last of these.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html
 */
export class RenewalEvents extends Construct {
  readonly rules: readonly Rule[];

  constructor(scope: Construct, id: string, parts: RenewalParts) {
    super(scope, id);
    const target = targetOf(parts.topic);
    this.rules = eventsOf(parts).map(({ id: ruleId, description, pattern, message }) => {
      const rule = new Rule(this, ruleId, { description: `${parts.apiName}: ${description}`, eventPattern: pattern });
      rule.addTarget(target(RuleTargetInput.fromText(`${parts.apiName}: ${message}`)));
      Validations.of(rule).acknowledge({
        id: 'Serverless-EventBusDLQ',
        reason: 'EventBridge tries for a day, and the alarm on the days to expiry does not depend on events.',
      });
      return rule;
    });
    allowEventBridge(parts);
  }
}

/** The CDK's own target would add a statement for each rule, without a reason. */
function targetOf(topic: Topic): (input: RuleTargetInput) => IRuleTarget {
  return (input) => ({ bind: () => ({ arn: topic.topicArn, input, targetResource: topic }) });
}

/**
 * EventBridge names neither account nor rule when it publishes to a topic or uses its key: with conditions on them it would deliver
 * nothing, and report nothing. So a rule of any account that knows the ARN of the topic can send messages to it, and read none.
 *
 * @see https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
 * @see https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
 */
function allowEventBridge({ topic, key }: Pick<RenewalParts, 'topic' | 'key'>): void {
  const { account, region, partition } = Stack.of(topic);
  const principals = [new ServicePrincipal('events.amazonaws.com')];
  allowBy(
    topic,
    new PolicyStatement({
      sid: 'RenewalOfCertificates',
      principals,
      actions: ['sns:Publish'],
      resources: [topic.topicArn],
    }),
    'Rules pass on what ACM reports about the certificate. EventBridge delivers nothing under a condition.',
  );
  allowBy(
    key,
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
    'Rules on the certificate publish to the encrypted topic.',
  );
}

function eventsOf({ certificate, thresholds }: RenewalParts): readonly RenewalEvent[] {
  const resources = [certificate.certificateArn];
  const days = thresholds.certificateDays ?? CERTIFICATE_DAYS;
  const ofAcm = (detailType: string, detail: EventPattern['detail'] = {}): EventPattern => ({
    source: ['aws.acm'],
    detailType: [detailType],
    resources,
    ...(Object.keys(detail).length === 0 ? {} : { detail }),
  });
  return [
    {
      id: 'Approaching',
      description: 'the certificate expires soon',
      pattern: ofAcm('ACM Certificate Approaching Expiration', { DaysToExpiry: Match.lessThan(days) }),
      message: `the certificate of ${NAME} expires in ${DAYS} days and is not renewed. ${FIX}`,
    },
    {
      id: 'ActionRequired',
      description: 'the certificate cannot be renewed without an action',
      pattern: ofAcm('ACM Certificate Renewal Action Required'),
      message: `ACM cannot renew the certificate of ${NAME}, which expires in ${DAYS} days. Reason: ${REASON}. ${FIX}`,
    },
    {
      id: 'Expired',
      description: 'the certificate has expired',
      pattern: ofAcm('ACM Certificate Expired'),
      message: `the certificate of ${NAME} has expired, and clients reject the API. ${FIX}`,
    },
    {
      id: 'Revoked',
      description: 'the certificate was revoked',
      pattern: ofAcm('ACM Certificate Revoked'),
      message: `the certificate of ${NAME} was revoked, and clients reject the API. Request another one, and deploy it.`,
    },
    {
      id: 'Health',
      description: 'AWS Health reports that the certificate is not renewed',
      pattern: {
        source: ['aws.health'],
        detailType: ['AWS Health Event'],
        resources,
        detail: {
          service: ['ACM'],
          // The code AWS_ACM_RENEWAL_STATE_CHANGE also reports a successful renewal, as a closed event.
          eventTypeCode: ['AWS_ACM_RENEWAL_STATE_CHANGE', 'AWS_ACM_RENEWAL_FAILURE', 'CAA_CHECK_FAILURE'],
          statusCode: ['open', 'upcoming'],
        },
      },
      message: `AWS Health reports ${EventField.fromPath('$.detail.eventTypeCode')} for the certificate ${certificate.certificateArn}. ${FIX}`,
    },
  ];
}
