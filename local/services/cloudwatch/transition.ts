import type { CompositeAlarmModel } from '../../assembly/compositeModel.ts';
import type { AlarmModel } from '../../assembly/model.ts';
import type { AlarmState } from '../../contracts.ts';

/** A change of an alarm's state, with what a notification reports. */
export interface Transition {
  readonly alarm: AlarmModel | CompositeAlarmModel;
  readonly from: AlarmState['state'];
  readonly to: AlarmState['state'];
  readonly reason: string;
  /** ISO 8601, simulated time. */
  readonly at: string;
  /** The first evaluation since the start. */
  readonly first: boolean;
  /** Of a composite alarm: the alarms that its rule watches and that are in the state that made it change. */
  readonly children?: readonly AlarmState[];
}

/** Whether an alarm watches other alarms. */
export function isComposite(alarm: AlarmModel | CompositeAlarmModel): alarm is CompositeAlarmModel {
  return 'rule' in alarm;
}

/** The ARNs that a transition notifies. What was true before the start is no news: the first OK notifies nobody. */
export function actionsOf({ alarm, to, first }: Transition): readonly string[] {
  if (to === 'ALARM') return alarm.alarmActions;
  if (to === 'OK') return first ? [] : alarm.okActions;
  return alarm.insufficientDataActions;
}
