import type { LocalAlarm, LocalModel } from '../localPackage.ts';
import type { Drill } from './conditions.ts';
import { DRILLS, kindOf } from './drills.ts';

/** An alarm of the stack that notifies. */
export interface Drilled {
  /** Its name without that of the API, such as `failed-logins`. */
  readonly id: string;
  readonly name: string;
  /** Name in AWS of the API that it watches. */
  readonly apiName: string;
  /** Itself, or the alarms that it watches. */
  readonly alarms: readonly LocalAlarm[];
  readonly drill: Drill | undefined;
}

/** The alarms of an API that notify, in the order of their drills; alarms that the app adds itself are not among them. */
export function drilledAlarms(model: LocalModel): readonly Drilled[] {
  // The longest first: the name of one API can begin with that of another.
  const names = model.apis.map(({ name }) => name).toSorted((one, other) => other.length - one.length);
  const composites = model.compositeAlarms.map((alarm) => ({
    ...alarm,
    alarms: model.alarms.filter(({ name }) => alarm.rule.includes(`"${name}"`) || alarm.rule.includes(`:${name}"`)),
  }));
  const all = [...model.alarms.map((alarm) => ({ ...alarm, alarms: [alarm] })), ...composites];
  const order = Object.keys(DRILLS);
  return all
    .filter(({ alarmActions }) => alarmActions.length > 0)
    .flatMap(({ name, alarms }) => {
      const apiName = names.find((one) => name.startsWith(`${one}-`));
      if (apiName === undefined) return [];
      const id = name.slice(apiName.length + 1);
      const kind = kindOf(id);
      return [
        {
          id,
          name,
          apiName,
          alarms,
          drill: kind === undefined ? undefined : DRILLS[kind],
          order: order.indexOf(kind ?? ''),
        },
      ];
    })
    .toSorted((one, other) => one.order - other.order);
}
