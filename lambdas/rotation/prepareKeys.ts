import type { ClientState } from '../shared/clientItems.ts';
import { clientKey, tierKey } from '../shared/clientKey.ts';
import type { PlanOfTier, RotationProgress } from '../shared/wireContract.ts';
import { keyName } from './keyNames.ts';
import type { NewKey, RotationServices } from './ports.ts';

/** A key joins its plan within this time after its creation, or is made anew: API Gateway does not say when it joined. */
const JOINS_WITHIN_MS = 60_000;

/** All keys of a version are made. */
export interface Prepared {
  readonly total: number;
  /** Epoch milliseconds of the last one; 0 where there is none. */
  readonly lastMade: number;
}

/**
 * Makes the keys that tiers and clients are missing of a version of the secret, and writes each client's into its record as
 * the next one. Nothing uses them yet.
 *
 * @returns how many are made when the time is used up before all are.
 */
export async function prepareKeys(services: RotationServices, versionId: string): Promise<Prepared | RotationProgress> {
  const { plans, restApiId, hasTime } = services;
  const { value } = await services.secret.read(versionId);
  const make = await keyMaker(services);
  const records = (await services.clients?.list()) ?? [];
  const total = plans.length + records.length;
  let lastMade = 0;
  for (const [prepared, { tier, planId }] of plans.entries()) {
    if (!hasTime()) return { phase: 'preparing', prepared, total };
    const name = keyName(restApiId, { version: versionId, kind: 'tier', owner: tier });
    const key = await make(planId, { name, value: tierKey(value, tier), enabled: true });
    lastMade = Math.max(lastMade, key?.joined ?? 0);
  }
  for (const [i, record] of records.entries()) {
    if (!hasTime()) return { phase: 'preparing', prepared: plans.length + i, total };
    lastMade = Math.max(lastMade, await prepareClient(services, { record, versionId, value, make }));
  }
  return { total, lastMade };
}

/** The plan that counts a client; undefined when its tier was removed, and with it the plan. */
export function planOf(plans: readonly PlanOfTier[], { tier }: ClientState): PlanOfTier | undefined {
  return plans.find((plan) => plan.tier === tier);
}

/** Makes a key in a plan, unless one of this name is in it. Undefined: somebody else has made the key of this value. */
type Make = (planId: string, key: NewKey) => Promise<{ readonly id: string; readonly joined: number } | undefined>;

async function keyMaker({ keys, plans, now, pace }: RotationServices): Promise<Make> {
  const byName = async () => new Map((await keys.list()).map((key) => [key.name, key]));
  let known = await byName();
  const members = new Map<string, ReadonlySet<string>>();
  for (const { planId } of plans) members.set(planId, await keys.membersOf(planId));
  const create = async (key: NewKey) => {
    await pace();
    const id = await keys.create(key);
    if (id !== undefined) return { id, enabled: key.enabled };
    // Another run made it in the meantime.
    known = await byName();
    return known.get(key.name);
  };
  return async (planId, key) => {
    let existing = known.get(key.name);
    const isMember = existing !== undefined && members.get(planId)?.has(existing.id) === true;
    if (existing !== undefined && !isMember && now() - existing.created >= JOINS_WITHIN_MS) {
      await keys.remove(existing.id);
      existing = undefined;
    }
    const made = existing ?? (await create(key));
    if (made === undefined) return undefined;
    // The client was suspended or resumed between two runs.
    if (made.enabled !== key.enabled) await keys.setEnabled(made.id, key.enabled);
    if (existing !== undefined && isMember) return { id: made.id, joined: existing.created + JOINS_WITHIN_MS };
    await keys.join(planId, made.id);
    return { id: made.id, joined: now() };
  };
}

interface Preparation {
  readonly record: ClientState;
  readonly versionId: string;
  /** Of the secret. */
  readonly value: string;
  readonly make: Make;
}

/** Returns when the client's key was made, in epoch milliseconds; 0 for a client that needs none. */
async function prepareClient(
  { clients, plans, restApiId, now }: RotationServices,
  { record, versionId, value, make }: Preparation,
): Promise<number> {
  const { client, next, secretVersion, status } = record;
  if (next?.secretVersion === versionId) return Date.parse(next.made);
  const plan = planOf(plans, record);
  if (secretVersion === versionId || plan === undefined) return 0;
  const keyVersion = record.keyVersion + 1;
  const key = await make(plan.planId, {
    // A client that gets another key during the rotation gets another one of the new version, too.
    name: keyName(restApiId, { version: versionId, kind: 'client', owner: `${keyVersion}.${client}` }),
    value: clientKey(value, client, keyVersion),
    enabled: status === 'active',
  });
  if (key === undefined) throw new Error('an API key of this value exists, which no rotation has made');
  const made = new Date(key.joined).toISOString();
  const after = { ...record, next: { keyId: key.id, keyVersion, secretVersion: versionId, made } };
  // A record that was changed in the meantime is prepared by the next pass.
  await clients?.replace(record, { ...after, updated: new Date(now()).toISOString() });
  return key.joined;
}
