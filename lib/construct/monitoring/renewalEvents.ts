import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { EventField, type EventPattern, Match, type Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { Severity } from '../../../lambdas/shared/severity.ts';
import { type AlarmLinks, runbookUrl } from './alarmDescription.ts';
import { CERTIFICATE_DAYS } from './certificateAlarm.ts';
import type { EventTopics } from './eventTopics.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** Whose certificate is watched, and who is notified. All are in one region. */
interface RenewalParts {
  /** Name of the API, which messages begin with. */
  readonly apiName: string;
  readonly certificate: ICertificate;
  readonly events: EventTopics;
  readonly links: Pick<AlarmLinks, 'runbooks'>;
  readonly thresholds: Pick<AlarmThresholds, 'certificateDays'>;
}

interface RenewalEvent {
  readonly id: string;
  readonly severity: Severity;
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
    const { apiName, events, links } = parts;
    this.rules = eventsOf(parts).map(({ id: ruleId, severity, description, pattern, message }) =>
      events.add(this, {
        id: ruleId,
        severity,
        description: `${apiName}: ${description}`,
        pattern,
        input: RuleTargetInput.fromText(`${apiName}: ${message} Runbook: ${runbookUrl(links, 'CertificateExpiry')}`),
        withoutQueueBecause:
          'EventBridge tries for a day, and the alarm on the days to expiry does not depend on events.',
      }),
    );
  }
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
      severity: 'ticket',
      description: 'the certificate expires soon',
      pattern: ofAcm('ACM Certificate Approaching Expiration', { DaysToExpiry: Match.lessThan(days) }),
      message: `the certificate of ${NAME} expires in ${DAYS} days and is not renewed. ${FIX}`,
    },
    {
      id: 'ActionRequired',
      severity: 'ticket',
      description: 'the certificate cannot be renewed without an action',
      pattern: ofAcm('ACM Certificate Renewal Action Required'),
      message: `ACM cannot renew the certificate of ${NAME}, which expires in ${DAYS} days. Reason: ${REASON}. ${FIX}`,
    },
    {
      id: 'Expired',
      severity: 'page',
      description: 'the certificate has expired',
      pattern: ofAcm('ACM Certificate Expired'),
      message: `the certificate of ${NAME} has expired, and clients reject the API. ${FIX}`,
    },
    {
      id: 'Revoked',
      severity: 'page',
      description: 'the certificate was revoked',
      pattern: ofAcm('ACM Certificate Revoked'),
      message: `the certificate of ${NAME} was revoked, and clients reject the API. Request another one, and deploy it.`,
    },
    {
      id: 'Health',
      severity: 'ticket',
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
