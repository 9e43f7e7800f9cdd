import { AssemblyError } from '../error.ts';
import { isRecord, type Json, list, record, string, strings } from '../values.ts';
import { intrinsicOf } from './intrinsics.ts';

/**
 * Rejects resources that depend on each other in a circle, as CloudFormation does when it validates a template.
 * @throws AssemblyError `cycle`, naming the circle.
 */
export function rejectCycles(stackName: string, resources: Json): void {
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]): void => {
    if (done.has(id)) return;
    const start = path.indexOf(id);
    if (start >= 0) throw circle(stackName, [...path.slice(start), id]);
    for (const next of dependencies(record(resources[id]))) {
      if (Object.hasOwn(resources, next)) visit(next, [...path, id]);
    }
    done.add(id);
  };
  for (const id of Object.keys(resources)) visit(id, []);
}

function circle(stackName: string, ids: readonly string[]): AssemblyError {
  return new AssemblyError('cycle', {
    found: `resources of stack ${stackName} that depend on each other: ${ids.join(' → ')}`,
    expected: 'an order in which they can be created',
    fix: 'remove one of these references; CloudFormation rejects the circle too',
  });
}

function dependencies(resource: Json): ReadonlySet<string> {
  const found = new Set<string>([string(resource['DependsOn']) ?? '', ...strings(resource['DependsOn'])]);
  collect(resource['Properties'], found);
  return found;
}

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) for (const item of value) collect(item, found);
  if (!isRecord(value)) return;
  const call = intrinsicOf(value);
  if (call?.name === 'Ref') found.add(string(call.argument) ?? '');
  if (call?.name === 'Fn::GetAtt')
    found.add((string(call.argument) ?? string(list(call.argument)[0]) ?? '').split('.')[0] ?? '');
  if (call?.name === 'Fn::Sub') collectSub(call.argument, found);
  for (const member of Object.values(value)) collect(member, found);
}

function collectSub(argument: unknown, found: Set<string>): void {
  const [template, variables] = Array.isArray(argument) ? argument : [argument, {}];
  for (const [, name = ''] of (string(template) ?? '').matchAll(/\$\{([^}!]+)\}/g)) {
    const id = name.trim().split('.')[0] ?? '';
    if (!Object.hasOwn(record(variables), name.trim())) found.add(id);
  }
}
