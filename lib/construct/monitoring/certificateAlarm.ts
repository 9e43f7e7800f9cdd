import { Duration } from 'aws-cdk-lib';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarmSpec.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** A certificate of ACM, in the region of its alarm. */
interface WatchedCertificate {
  readonly id: string;
  readonly certificate: ICertificate;
  /** What presents it, such as `the domain`. */
  readonly of: string;
}

/**
 * From then on ACM reports public certificates that it has not renewed.
 * https://docs.aws.amazon.com/acm/latest/userguide/supported-events.html
 */
export const CERTIFICATE_DAYS = 30;

/** The alarm on a certificate that is not renewed, where the API has a domain. */
export function certificateAlarm(
  { certificate }: MonitoredResources,
  thresholds: AlarmThresholds,
): readonly AlarmSpec[] {
  if (certificate === undefined) return [];
  const watched = {
    id: 'CertificateExpiry',
    certificate,
    of: 'the domain',
  };
  return [expiryAlarm(watched, thresholds)];
}

/**
 * An alarm on the days until a certificate expires. ACM reports them twice a day, and for a new certificate not before up to a day.
 * An alarm begins without data and notifies only when it changes, so the first day is quiet. It also notifies when it had data and
 * has none any more: an expired or replaced certificate has no days left to report.
 *
 * @see https://docs.aws.amazon.com/acm/latest/userguide/cloudwatch-metrics.html
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
 */
export function expiryAlarm(
  { id, certificate, of }: WatchedCertificate,
  { certificateDays = CERTIFICATE_DAYS }: Pick<AlarmThresholds, 'certificateDays'>,
): AlarmSpec {
  return {
    id,
    severity: 'ticket',
    description: `The certificate of ${of} expires in less than ${certificateDays} days, or ACM has stopped to report its days. Restore its validation record, or import the next certificate.`,
    measure: 'days',
    metric: certificate.metricDaysToExpiry({ period: Duration.days(1), statistic: Stats.MINIMUM }),
    threshold: certificateDays,
    comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
    missing: TreatMissingData.MISSING,
    notifiesWhenDataEnds: true,
  };
}
