import { Duration } from 'aws-cdk-lib';
import { MathExpression, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { reviewDue } from '../../definition/checks/review.ts';
import type { AlarmSpec } from './alarmSpec.ts';
import type { MonitoredResources } from './monitoredResources.ts';

/** Nobody waits for this one. */
const PERIOD = Duration.hours(1);

/**
 * The alarm on a review of access that is overdue: it compares the time with the day on which the review that was deployed
 * ends, and is over once a new one is deployed. `EPOCH` gives the timestamps of a metric's periods without gaps, so that it
 * fires although nobody calls the API. A schedule would do the same with a role more, and could not be deployed again once
 * its start is past: EventBridge Scheduler refuses a start that is five minutes old.
 *
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
 */
export function reviewAlarm({ api, stage }: MonitoredResources): readonly AlarmSpec[] {
  const due = reviewDue(api.roles);
  const day = due.toISOString().slice(0, 10);
  return [
    {
      id: 'ReviewOverdue',
      description: `${api.name}: who may do what was to be reviewed by ${day}. Review it (secure-api access review), and deploy.`,
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
