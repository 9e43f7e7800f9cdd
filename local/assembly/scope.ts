import type { StackArtifact } from './artifacts.ts';
import { type AssetLookup, readAssets } from './assets.ts';
import { rejectCycles } from './cycles.ts';
import { type Neighbours, surround } from './environment.ts';
import { evaluate } from './evaluate.ts';
import type { Naming } from './names.ts';
import { type Json, record, text } from './values.ts';

/** A resource whose condition holds, its properties resolved at first use. */
export interface Resource {
  readonly logicalId: string;
  readonly type: string;
  /** `<stack>/<logical id>`, for messages. */
  readonly location: string;
  readonly metadata: Json;
  readonly properties: Json;
  /** What `Ref` gives. */
  readonly ref: string;
  /** What `Fn::GetAtt` gives. Throws `AssemblyError` `unresolvable` for an attribute that is not known here. */
  readonly attribute: (name: string) => string;
}

/** One stack, open for reading. */
export interface Scope {
  readonly artifact: StackArtifact;
  readonly naming: Naming;
  readonly assets: AssetLookup;
  readonly resources: readonly Resource[];
  readonly ofType: (...types: readonly string[]) => readonly Resource[];
  /** Resolves a value that stands outside of the resources, such as an output's. */
  readonly evaluate: (value: unknown, where: string) => unknown;
}

/**
 * Opens a stack: decides its conditions and refuses circles. Properties are resolved when they are read, so that a type
 * nobody reads may hold what cannot be resolved here.
 * @throws AssemblyError `cycle`, `unresolvable`, `bad-manifest`.
 */
export function openScope(artifact: StackArtifact, neighbours: Neighbours): Scope {
  const { account, region, stackName, template } = artifact;
  const naming: Naming = { account, region, stackName, partition: region.startsWith('cn-') ? 'aws-cn' : 'aws' };
  rejectCycles(stackName, record(template['Resources']));
  const environment = surround({ template, naming, neighbours });
  const resolve = (value: unknown, where: string): unknown => evaluate(value, `${stackName}/${where}`, environment);
  const resources = Object.entries(record(template['Resources']))
    .filter(([logicalId, raw]) => {
      const condition = text(record(raw)['Condition']);
      return condition === undefined || resolve({ 'Fn::And': [{ Condition: condition }] }, logicalId) === true;
    })
    .map(([logicalId, raw]) => openResource(logicalId, record(raw), stackName, resolve));
  return {
    artifact,
    naming,
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
    type: text(raw['Type']) ?? '',
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

/** One property at a time, so that a message names the property at fault. */
function resolveProperties(logicalId: string, raw: Json, resolve: (value: unknown, where: string) => unknown): Json {
  const result: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(raw)) {
    const resolved = resolve(value, `${logicalId}.${name}`);
    if (resolved !== undefined) result[name] = resolved;
  }
  return result;
}
