import { type AssetLookup, readAssets } from './assets.ts';
import type { StackArtifact } from './manifest.ts';
import { rejectCycles } from './template/cycles.ts';
import { createEnvironment, type OtherStacks } from './template/environment.ts';
import { evaluate } from './template/evaluate.ts';
import type { NameSource } from './template/names.ts';
import { type Json, record, string } from './values.ts';

/** A resource whose condition is true. Its properties are resolved at first use. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  /** `<stack>/<logical id>`, for messages. */
  readonly location: string;
  readonly metadata: Json;
  readonly properties: Json;
  /** The result of `Ref`. */
  readonly ref: string;
  /** The result of `Fn::GetAtt`. Throws `AssemblyError` `unresolvable` for an attribute that is not emulated. */
  readonly attribute: (name: string) => string;
}

/** The resources of one stack's template, their values resolved. */
export interface StackTemplate {
  readonly artifact: StackArtifact;
  readonly names: NameSource;
  readonly assets: AssetLookup;
  readonly resources: readonly Resource[];
  readonly ofType: (...types: readonly string[]) => readonly Resource[];
  /** Resolves a value outside the resources, such as that of an output. */
  readonly evaluate: (value: unknown, where: string) => unknown;
}

/**
 * Opens a stack's template: evaluates its conditions and rejects circles. Properties are resolved when they are read, so a type
 * that is not read may hold values that cannot be resolved locally.
 * @throws AssemblyError `cycle`, `unresolvable`, `bad-manifest`.
 */
export function openTemplate(
  artifact: StackArtifact,
  neighbours: OtherStacks,
  deployed?: NameSource['deployed'],
): StackTemplate {
  const { account, region, stackName, template } = artifact;
  const partition = region.startsWith('cn-') ? 'aws-cn' : 'aws';
  const names: NameSource = { account, region, stackName, partition, ...(deployed && { deployed }) };
  rejectCycles(stackName, record(template['Resources']));
  const environment = createEnvironment({ template, names, otherStacks: neighbours });
  const resolve = (value: unknown, where: string): unknown => evaluate(value, `${stackName}/${where}`, environment);
  const resources = Object.entries(record(template['Resources']))
    .filter(([logicalId, raw]) => {
      const condition = string(record(raw)['Condition']);
      return condition === undefined || resolve({ 'Fn::And': [{ Condition: condition }] }, logicalId) === true;
    })
    .map(([logicalId, raw]) => openResource(logicalId, record(raw), stackName, resolve));
  return {
    artifact,
    names,
    assets: readAssets(artifact),
    resources,
    ofType: (...types) => resources.filter(({ type }) => types.includes(type)),
    evaluate: resolve,
  };
}

function openResource(
  logicalId: string,
  raw: Json,
  stackName: string,
  resolve: (value: unknown, where: string) => unknown,
): Resource {
  let properties: Json | undefined;
  return {
    logicalId,
    type: string(raw['Type']) ?? '',
    location: `${stackName}/${logicalId}`,
    metadata: record(raw['Metadata']),
    get properties() {
      properties ??= resolveProperties(logicalId, record(raw['Properties']), resolve);
      return properties;
    },
    get ref() {
      return String(resolve({ Ref: logicalId }, logicalId));
    },
    attribute: (name) => String(resolve({ 'Fn::GetAtt': [logicalId, name] }, `${logicalId}.${name}`)),
  };
}

/** Resolves each property by itself, so that a message names the property. */
function resolveProperties(logicalId: string, raw: Json, resolve: (value: unknown, where: string) => unknown): Json {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    const resolved = resolve(value, `${logicalId}.${name}`);
    if (resolved !== undefined) result[name] = resolved;
  }
  return result;
}
