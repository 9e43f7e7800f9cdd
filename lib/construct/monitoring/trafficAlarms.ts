import { ComparisonOperator, MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { AlarmSpec } from './alarmSpec.ts';
import { expression, filled } from './expressions.ts';
import { FIVE_MINUTES } from './metrics.ts';
import type { MonitoredResources } from './monitoredResources.ts';
import type { AlarmThresholds } from './thresholds.ts';

/** Requests in five minutes, two a second: below that neither a surge nor a drop is worth a ticket. */
const TRAFFIC_FLOOR = 600;
/** Standard deviations of the band around what is usual at this hour of this day. */
const BAND_WIDTH = 4;
/** A quarter of an hour. */
const PERIODS = 3;

/**
 * Alarms on traffic that is unusual, by a band that CloudWatch learns from two weeks. The metric never falls below the floor, so the band
 * of a small API lies on it, and nothing small leaves it.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Anomaly_Detection.html
 */
export function trafficAlarms(
  resources: MonitoredResources,
  { requests: floor }: AlarmThresholds,
): readonly AlarmSpec[] {
  const band = new MathExpression({
    expression: `ANOMALY_DETECTION_BAND(traffic, ${BAND_WIDTH})`,
    usingMetrics: { traffic: trafficMetric(resources, floor) },
    period: FIVE_MINUTES,
    label: 'Usual requests',
  });
  const unusual = {
    severity: 'ticket',
    metric: band,
    periods: PERIODS,
    measure: 'requests in five minutes',
    followsDeployments: true,
  } as const;
  return [
    {
      ...unusual,
      id: 'Surge',
      look: 'metrics requests 4xx 5xx',
      description:
        'There are more requests than usual at this time: a campaign, a faulty client or a flood. See who sends them, and tighten the tier of that client if need be.',
      comparison: ComparisonOperator.GREATER_THAN_UPPER_THRESHOLD,
      contributors: ['TopClients', 'TopAddresses'],
    },
    {
      ...unusual,
      id: 'Drop',
      look: 'metrics requests 4xx 5xx',
      description:
        'There are fewer requests than usual at this time: perhaps clients cannot reach the API. Check the domain (secure-api domain check), then ask the largest client.',
      comparison: ComparisonOperator.LESS_THAN_LOWER_THRESHOLD,
      contributors: ['TopClients'],
    },
  ];
}

/** Requests in five minutes, at least the floor. */
export function trafficMetric({ stage }: MonitoredResources, floor = TRAFFIC_FLOOR): MathExpression {
  const requests = stage.metricCount({ period: FIVE_MINUTES, statistic: Stats.SUM });
  const text = `IF(${filled('requests')} > ${floor}, requests, ${floor})`;
  return expression(text, { metrics: { requests }, period: FIVE_MINUTES, label: 'Requests' });
}
