import { cpSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { LocalAlarm } from '../localPackage.ts';

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
