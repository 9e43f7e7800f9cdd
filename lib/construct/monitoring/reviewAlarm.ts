import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { reviewDue } from '../../definition/checks/review.ts';
import type { AlarmSpec } from './alarmSpec.ts';
import type { MonitoredResources } from './monitoredResources.ts';

/** A late review is not urgent. */
const PERIOD = Duration.hours(1);

/**
 * The alarm on an overdue review of access. It compares the time with the day on which the deployed review ends; the
 * deployment of a new review ends it. `EPOCH` returns the timestamps of a metric's periods without gaps, so the alarm also
 * fires without requests. A schedule would need another role, and could not be deployed again later: EventBridge Scheduler
 * rejects a start that is five minutes old.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function reviewAlarm({ api, stage }: MonitoredResources): readonly AlarmSpec[] {
  const due = reviewDue(api.roles);
  const day = due.toISOString().slice(0, 10);
  return [
    {
      id: 'ReviewOverdue',
      severity: 'ticket',
      description: `The review of access was due on ${day}. Review it (secure-api access review), and deploy.`,
      measure: 'time',
      metric: new MathExpression({
        expression: 'EPOCH(requests)',
        usingMetrics: { requests: stage.metricCount({ period: PERIOD, statistic: Stats.SUM }) },
        label: 'Time, seconds since 1970',
        period: PERIOD,
      }),
      threshold: due.getTime() / 1000,
    },
  ];
}
