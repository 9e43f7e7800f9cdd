import { type Json, number, string } from '../../assembly/values.ts';
import { isComposite, type Transition } from './transition.ts';

/** Changes of alarms, as DescribeAlarmHistory returns them. */
export interface AlarmHistory {
  add(transition: Transition): void;
  describe(input: Json): Json;
}

/** AWS keeps 30 days; here, the last changes of this run. */
const MAX_CHANGES = 1_000;
/** https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarmHistory.html */
const MAX_RECORDS = 100;

/** Remembers changes of state. Changes of a configuration and actions are not recorded. */
export function createAlarmHistory(): AlarmHistory {
  const changes: Transition[] = [];
  return {
    add(transition) {
      changes.push(transition);
      if (changes.length > MAX_CHANGES) changes.shift();
    },
    describe(input) {
      const name = string(input['AlarmName']);
      const type = string(input['HistoryItemType']) ?? 'StateUpdate';
      const [from, to] = [number(input['StartDate']) ?? 0, number(input['EndDate']) ?? Number.POSITIVE_INFINITY];
      const found = changes.filter(({ alarm, at }) => {
        const time = Date.parse(at) / 1000;
        return (name === undefined || alarm.name === name) && time >= from && time <= to && type === 'StateUpdate';
      });
      const ordered = input['ScanBy'] === 'TimestampAscending' ? found : found.toReversed();
      const start = number(input['NextToken']) ?? 0;
      const end = start + Math.min(number(input['MaxRecords']) ?? MAX_RECORDS, MAX_RECORDS);
      return {
        AlarmHistoryItems: ordered.slice(start, end).map(itemOf),
        ...(end < ordered.length && { NextToken: String(end) }),
      };
    },
  };
}

function itemOf({ alarm, from, to, reason, at }: Transition): Json {
  return {
    AlarmName: alarm.name,
    AlarmType: isComposite(alarm) ? 'CompositeAlarm' : 'MetricAlarm',
    Timestamp: Date.parse(at) / 1000,
    HistoryItemType: 'StateUpdate',
    HistorySummary: `Alarm updated from ${from} to ${to}`,
    HistoryData: JSON.stringify({
      version: '1.0',
      oldState: { stateValue: from },
      newState: { stateValue: to, stateReason: reason },
    }),
  };
}
