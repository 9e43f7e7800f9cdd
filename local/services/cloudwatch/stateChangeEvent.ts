import type { StackModel } from '../../assembly/model.ts';
import type { NewEvent } from '../events/eventBus.ts';
import type { Transition } from './transition.ts';

/**
 * The event of a change of an alarm's state, which EventBridge receives whatever actions the alarm has.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch-and-eventbridge.html
 */
export function stateChangeEvent({ region, account }: StackModel, transition: Transition): NewEvent {
  const { alarm, from, to, reason, at } = transition;
  return {
    source: 'aws.cloudwatch',
    detailType: 'CloudWatch Alarm State Change',
    resources: [`arn:aws:cloudwatch:${region}:${account}:alarm:${alarm.name}`],
    time: Date.parse(at),
    detail: {
      alarmName: alarm.name,
      state: { value: to, reason, timestamp: at },
      previousState: { value: from },
      configuration: alarm.description === undefined ? {} : { description: alarm.description },
    },
  };
}
