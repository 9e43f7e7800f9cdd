import type { CompositeAlarmModel } from '../../../assembly/compositeModel.ts';
import { type AlarmRule, alarmNameOf, parseAlarmRule, watchedAlarms } from './alarmRule.ts';

/** A composite alarm that can be evaluated. */
export interface Composite {
  readonly alarm: CompositeAlarmModel;
  readonly rule: AlarmRule;
  /** Names of the alarms that it watches. */
  readonly children: readonly string[];
}

/** Composite alarms in the order in which they are evaluated, and why others are not. */
export interface Composites {
  readonly ordered: readonly Composite[];
  readonly faults: readonly { readonly alarm: CompositeAlarmModel; readonly reason: string }[];
}

/**
 * Orders composite alarms so that each one follows those that it watches. One that watches itself, directly or not, or an alarm that
 * does not exist, is not evaluated, and neither are those above it.
 *
 * @param metricAlarms the names of the metric alarms
 */
export function orderComposites(models: readonly CompositeAlarmModel[], metricAlarms: readonly string[]): Composites {
  const known = new Set(metricAlarms);
  const all = new Set([...metricAlarms, ...models.map(({ name }) => name)]);
  const ordered: Composite[] = [];
  const faults: { alarm: CompositeAlarmModel; reason: string }[] = [];
  let waiting = models.flatMap((alarm): Composite[] => {
    const found = parsed(alarm, all);
    if (typeof found !== 'string') return [found];
    faults.push({ alarm, reason: found });
    return [];
  });
  for (;;) {
    const ready = waiting.filter(({ children }) => children.every((child) => known.has(child)));
    if (ready.length === 0) break;
    ordered.push(...ready);
    for (const { alarm } of ready) known.add(alarm.name);
    waiting = waiting.filter((composite) => !ready.includes(composite));
  }
  const reason = 'it watches itself, or an alarm that is not evaluated';
  return { ordered, faults: [...faults, ...waiting.map(({ alarm }) => ({ alarm, reason }))] };
}

function parsed(alarm: CompositeAlarmModel, all: ReadonlySet<string>): Composite | string {
  try {
    const rule = parseAlarmRule(alarm.rule);
    const children = watchedAlarms(rule);
    const suppressor = alarm.suppressor && alarmNameOf(alarm.suppressor.alarm);
    const unknown = [...children, ...(suppressor === undefined ? [] : [suppressor])].find((name) => !all.has(name));
    return unknown === undefined ? { alarm, rule, children } : `there is no alarm ${unknown}`;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
