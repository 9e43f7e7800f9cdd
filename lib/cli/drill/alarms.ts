import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** A resource of a template. */
export interface Resource {
  readonly type: string;
  readonly logicalId: string;
  /** Can be changed. */
  readonly properties: Record<string, unknown>;
}

/** Copies an assembly, and changes the resources of the copy; returns its folder. */
export function changedAssembly(assembly: string, folder: string, change: (resource: Resource) => void): string {
  const copy = mkdtempSync(join(folder, 'assembly-'));
  cpSync(assembly, copy, { recursive: true });
  for (const name of readdirSync(copy).filter((file) => file.endsWith('.template.json'))) {
    const path = join(copy, name);
    const template = JSON.parse(readFileSync(path, 'utf8'));
    const resources = Object.entries<{ Type: string; Properties?: Record<string, unknown> }>(template.Resources ?? {});
    for (const [logicalId, { Type: type, Properties: properties = {} }] of resources)
      change({ type, logicalId, properties });
    writeFileSync(path, JSON.stringify(template));
  }
  return copy;
}

/** Sets the threshold of an alarm. */
export function withThreshold({ name }: LocalAlarm, threshold: number): (resource: Resource) => void {
  const end = name.slice(name.search(/[a-z]+(?:-[a-z]+)*$/));
  return ({ type, properties }) => {
    const isIt = type === 'AWS::CloudWatch::Alarm' && JSON.stringify(properties['AlarmName'] ?? '').includes(end);
    if (isIt) properties['Threshold'] = threshold;
  };
}
