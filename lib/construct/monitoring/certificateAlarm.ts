import { Duration } from 'aws-cdk-lib';
import { ComparisonOperator, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarmSpec.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** The alarm on a certificate that is not renewed, where the API has a domain. */
export function certificateAlarm(
  { api, certificate }: MonitoredResources,
  { certificateDays = 30 }: AlarmThresholds,
): readonly AlarmSpec[] {
  if (certificate === undefined) return [];
  return [
    {
      id: 'CertificateExpiry',
      description: `${api.name}: the certificate was not renewed. Check its validation record.`,
      metric: certificate.metricDaysToExpiry({ period: Duration.days(1), statistic: Stats.MINIMUM }),
      threshold: certificateDays,
      comparison: ComparisonOperator.LESS_THAN_THRESHOLD,
      // A certificate without this metric is not being renewed.
      missing: TreatMissingData.BREACHING,
    },
  ];
}
