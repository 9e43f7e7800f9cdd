import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { AlarmSpec } from './alarmSpec.ts';
import { FIVE_MINUTES } from './metrics.ts';

/** The alarm on notifications that reached nobody. It stays until somebody empties the queue. */
export function notificationAlarms(deadLetters: Queue): readonly AlarmSpec[] {
  return [
    {
      id: 'NotificationsFailed',
      severity: 'page',
      description:
        'Notifications of alarms could not be delivered, so other alarms may have reached nobody. Look at the alarms that fire now, then at the log of the notifier, which names the channel and the reason.',
      metric: deadLetters.metricApproximateNumberOfMessagesVisible({ period: FIVE_MINUTES, statistic: Stats.MAXIMUM }),
      threshold: 1,
      measure: 'notifications in the dead-letter queue',
    },
  ];
}
