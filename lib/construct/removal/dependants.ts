import type { Json } from '../limits/template.ts';
import { record } from '../limits/template.ts';

/** A resource of a template, by what decides on what it needs. */
export interface Part {
  readonly type: string;
  /** Read only where they decide something, because a part may have to resolve them. */
  readonly properties: Json;
  /** Whether somebody decided that it is deleted; then it stays only if something that stays needs it. */
  readonly isDeleted: boolean;
}

/** Types that protect a resource of another service, and that are of no use without it. */
const PROTECTORS: ReadonlySet<string> = new Set([
  'AWS::GuardDuty::MalwareProtectionPlan',
  'AWS::WAFv2::WebACLAssociation',
]);
/** The type of the custom resource whose deletion empties a bucket. */
const EMPTIES = 'Custom::SecureApiEmptyBucket';
/**
 * Types of the same service that only work on a resource: they would go on for nothing. Filters and queries of a log that
 * gets no more lines, a schedule, a poller.
 */
const WORKERS = /^AWS::(?:Logs::|SecretsManager::RotationSchedule$|Lambda::EventSourceMapping$)/;

/**
 * What has to stay with a resource that stays:
 *
 * - what it refers to, such as the key that encrypts it or the trigger of a user pool;
 * - what belongs to it: resources of its service that refer to it, such as the groups of a user pool, the policy of a bucket or
 *   of a role; and what protects it.
 *
 * A statement of a policy needs only what a denial exempts: a grant is nothing without the principal or resource that it names.
 *
 * @returns the ids, from `id` on, each once.
 */
export function dependants(parts: ReadonlyMap<string, Part>, id: string): ReadonlySet<string> {
  const kept = new Set([id]);
  for (const one of kept) {
    const part = parts.get(one);
    if (part === undefined) continue;
    for (const needed of referencesOf(part.properties).needed) if (parts.has(needed)) kept.add(needed);
    for (const [other, candidate] of parts) if (belongsTo(candidate, one, part)) kept.add(other);
  }
  return kept;
}

function belongsTo(candidate: Part, id: string, owner: Part): boolean {
  const { type, isDeleted } = candidate;
  // If it were deleted, it would empty a bucket that stays.
  if (type === EMPTIES) return isNamedBy(candidate, id);
  const isOfService = service(type) === service(owner.type) && !WORKERS.test(type);
  if (isDeleted || !(isOfService || PROTECTORS.has(type))) return false;
  return isNamedBy(candidate, id);
}

function isNamedBy({ properties }: Part, id: string): boolean {
  return referencesOf(properties).named.has(id);
}

function service(type: string): string {
  return type.slice(0, type.lastIndexOf('::'));
}

interface References {
  /** What the resource does not work without. */
  readonly needed: ReadonlySet<string>;
  /** What it names outside of policies. */
  readonly named: ReadonlySet<string>;
}

/** The ids that the properties of a resource refer to. */
function referencesOf(properties: Json): References {
  const needed = new Set<string>();
  const named = new Set<string>();
  const add = (id: string, isInStatement: boolean) => {
    needed.add(id);
    if (!isInStatement) named.add(id);
  };
  const visit = (value: unknown, isInStatement: boolean): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, isInStatement);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
    for (const id of idsOf(record(value))) add(id, isInStatement);
    const { Effect } = record(value);
    if (Effect === 'Allow') return;
    for (const [name, member] of Object.entries(value)) {
      // A custom resource does not need its function once nothing calls it any more.
      const isIgnored = name === 'ServiceToken' || (Effect === 'Deny' && ['Principal', 'Resource'].includes(name));
      if (!isIgnored) visit(member, isInStatement || Effect === 'Deny');
    }
  };
  visit(properties, false);
  return { needed, named };
}

/** The resources of `Ref`, `Fn::GetAtt` and `Fn::Sub`. */
function idsOf({ Ref, 'Fn::GetAtt': attribute, 'Fn::Sub': sub }: Json): readonly string[] {
  const template = Array.isArray(sub) ? sub[0] : sub;
  const owner = Array.isArray(attribute) ? attribute[0] : attribute;
  return [
    ...(typeof Ref === 'string' ? [Ref] : []),
    ...(typeof owner === 'string' ? [owner.split('.')[0] ?? ''] : []),
    ...(typeof template === 'string' ? [...template.matchAll(/\$\{([A-Za-z0-9]+)/g)].map(([, id = '']) => id) : []),
  ];
}
