import type { AwsCall } from '../shared/aws.ts';
import { isRecord } from '../shared/json.ts';
import { type AlarmCondition, conditionOf } from './alarmChange.ts';

/** The state of an alarm that a composite alarm watches. */
export interface Child {
  readonly reason: string;
  readonly condition: AlarmCondition;
}

/** Alarms that are asked about for one message. */
const MOST = 10;

/**
 * Reads why the alarms below a composite one are in ALARM: its own message has no number.
 *
 * @throws {Error} when the service cannot be asked.
 * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html
 */
export async function firingChildren(call: AwsCall, names: readonly string[]): Promise<readonly Child[]> {
  if (names.length === 0) return [];
  const { MetricAlarms } = await call('DescribeAlarms', {
    AlarmNames: names.slice(0, MOST),
    AlarmTypes: ['MetricAlarm'],
  });
  const alarms = Array.isArray(MetricAlarms) ? MetricAlarms.filter(isRecord) : [];
  return alarms
    .filter(({ StateValue, StateReason }) => StateValue === 'ALARM' && typeof StateReason === 'string')
    .map((alarm) => ({ reason: String(alarm['StateReason']), condition: conditionOf(alarm) }));
}
