/** What CloudFormation would replace or delete when a template changes, by the specification of its resource types. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { root } from './folders.ts';
import type { JsonResource, JsonTemplate } from './variants.ts';

/** The part of the database in the package `aws-cdk` that says how properties are updated. */
interface Specification {
  readonly schema: {
    readonly resource: { readonly entities: readonly ResourceType[] };
  };
}

interface ResourceType {
  readonly cloudFormationType: string;
  readonly properties: Readonly<Record<string, { readonly causesReplacement?: 'yes' | 'no' | 'maybe' }>>;
}

/** What happens to a resource that does not just stay. */
export interface Effect {
  readonly id: string;
  readonly type: string;
  /** `kept`: the stack no longer has it, but it is not deleted. */
  readonly kind: 'replaced' | 'deleted' | 'kept';
}

const database = readFileSync(join(root, 'node_modules/aws-cdk/db.json.gz'));
const { schema } = JSON.parse(gunzipSync(database).toString()) as Specification;
const types = new Map(schema.resource.entities.map((type) => [type.cloudFormationType, type]));

/** Whether the specification has a type, so that its updates are known. */
export function isKnownType(type: string): boolean {
  return types.has(type);
}

/** The resources of the first template that an update to the second replaces, deletes or leaves behind. */
export function effectsOf(before: JsonTemplate, after: JsonTemplate): readonly Effect[] {
  const gone = Object.entries(before.Resources).filter(([id]) => after.Resources[id] === undefined);
  const replaced = replacements(before, after);
  return [
    ...gone.map(([id, { Type, DeletionPolicy = '' }]): Effect => {
      return { id, type: Type, kind: DeletionPolicy.startsWith('Retain') ? 'kept' : 'deleted' };
    }),
    ...[...replaced].map((id): Effect => ({ id, type: before.Resources[id]?.Type ?? '', kind: 'replaced' })),
  ];
}

/** A resource is also replaced if a property that only a new one can have names a resource that is replaced. */
function replacements(before: JsonTemplate, after: JsonTemplate): ReadonlySet<string> {
  const replaced = new Set<string>();
  const both = Object.entries(before.Resources).flatMap(([id, resource]) => {
    const next = after.Resources[id];
    return next === undefined ? [] : [[id, resource, next] as const];
  });
  for (let size = -1; size < replaced.size; ) {
    size = replaced.size;
    for (const [id, resource, next] of both) if (isReplaced(resource, next, replaced)) replaced.add(id);
  }
  return replaced;
}

function isReplaced(before: JsonResource, after: JsonResource, replaced: ReadonlySet<string>): boolean {
  if (before.Type !== after.Type) return true;
  const { properties = {} } = types.get(before.Type) ?? {};
  return Object.keys(properties).some((name) => {
    if (!needsNew(before.Type, name)) return false;
    const [one, other] = [before, after].map(({ Properties = {} }) => JSON.stringify(Properties[name]) ?? '');
    return one !== other || [...replaced].some((id) => other?.includes(`"${id}"`));
  });
}

function needsNew(type: string, property: string): boolean {
  // A secret whose rules change is not replaced, but its value is.
  if (type === 'AWS::SecretsManager::Secret' && property === 'GenerateSecretString') return true;
  const { causesReplacement = 'no' } = types.get(type)?.properties[property] ?? {};
  return causesReplacement !== 'no';
}
