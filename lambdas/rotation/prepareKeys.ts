import type { KeyRecord } from '../shared/apiKeyList.ts';
import type { ClientState } from '../shared/clientItems.ts';
import { clientKey, tierKey } from '../shared/clientKey.ts';
import type { PlanOfTier, RotationProgress } from '../shared/wireContract.ts';
import { keyName } from './keyNames.ts';
import type { NewKey, RotationServices } from './ports.ts';

/** A key joins its plan within this time after its last change, or is changed anew: API Gateway does not say when it joined. */
const JOINS_WITHIN_MS = 60_000;
/** How often a list is read again until it shows a key that exists. */
const LOOKS = 20;

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
    const { joined } = await make(planId, { name, value: tierKey(value, tier), enabled: true });
    lastMade = Math.max(lastMade, joined);
  }
  for (const [i, record] of records.entries()) {
    if (!hasTime()) return { phase: 'preparing', prepared: plans.length + i, total };
    lastMade = Math.max(lastMade, await prepareClient(services, { record, versionId, value, make }));
  }
  return { total, lastMade };
}

/**
 * Makes the keys of the current version that tiers are missing after somebody else has put a new value. A tier that was deployed
 * after a rotation has its key from CloudFormation, under another name.
 */
export async function addMissingTierKeys(services: RotationServices, versionId: string): Promise<void> {
  const { plans, restApiId, keys, pace } = services;
  const { value } = await services.secret.read(versionId);
  const names = new Set((await keys.list()).map(({ name }) => name));
  for (const { tier, planId } of plans) {
    const name = keyName(restApiId, { version: versionId, kind: 'tier', owner: tier });
    if (names.has(name)) continue;
    await pace();
    const id = await keys.create({ name, value: tierKey(value, tier), enabled: true });
    if (id !== undefined) await keys.join(planId, id);
  }
}

/** The plan that counts a client; undefined when its tier was removed, and with it the plan. */
export function planOf(plans: readonly PlanOfTier[], { tier }: ClientState): PlanOfTier | undefined {
  return plans.find((plan) => plan.tier === tier);
}

/** Makes a key in a plan, unless one of this name is in it. Returns its id, and when it joined at the latest. */
type Make = (planId: string, key: NewKey) => Promise<{ readonly id: string; readonly joined: number }>;

async function keyMaker({ keys, plans, now, pace }: RotationServices): Promise<Make> {
  const byName = async () => new Map((await keys.list()).map((key) => [key.name, key]));
  // The plans first: of a key that is in one, the list then shows the change before it joined.
  const members = new Map<string, ReadonlySet<string>>();
  for (const { planId } of plans) members.set(planId, await keys.membersOf(planId));
  let known = await byName();
  const create = async (key: NewKey): Promise<KeyRecord> => {
    await pace();
    const id = await keys.create(key);
    if (id !== undefined) return { id, name: key.name, enabled: key.enabled, created: now(), updated: now() };
    // Another run, or an attempt whose response was lost, has made it. A list can be older than that.
    for (let look = 0; look < LOOKS; look += 1) {
      known = await byName();
      const made = known.get(key.name);
      if (made !== undefined) return made;
      await pace();
    }
    throw new Error('an API key of this value exists, and no list shows it under its name');
  };
  return async (planId, key) => {
    const made = known.get(key.name) ?? (await create(key));
    const isMember = members.get(planId)?.has(made.id) === true;
    const isStale = !isMember && now() - made.updated >= JOINS_WITHIN_MS;
    // The client was suspended or resumed between two runs, or the change only sets the time.
    if (isStale || made.enabled !== key.enabled) await keys.setEnabled(made.id, key.enabled);
    if (isMember) return { id: made.id, joined: made.updated + JOINS_WITHIN_MS };
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

/** Returns when the client's key joined its plan, in epoch milliseconds; 0 for a client that needs none. */
async function prepareClient(
  { clients, plans, restApiId, now }: RotationServices,
  { record, versionId, value, make }: Preparation,
): Promise<number> {
  const { client, next, secretVersion, status } = record;
  const plan = planOf(plans, record);
  if (secretVersion === versionId || plan === undefined) return 0;
  const keyVersion = record.keyVersion + 1;
  // Also the key that the record names already: somebody could have deleted it, or taken it out of its plan.
  const { id: keyId, joined } = await make(plan.planId, {
    // A client that gets another key during the rotation gets another one of the new version, too.
    name: keyName(restApiId, { version: versionId, kind: 'client', owner: `${keyVersion}.${client}` }),
    value: clientKey(value, client, keyVersion),
    enabled: status === 'active',
  });
  if (next?.keyId === keyId && next.secretVersion === versionId) return joined;
  const made = new Date(joined).toISOString();
  const after = { ...record, next: { keyId, keyVersion, secretVersion: versionId, made } };
  // A record that was changed in the meantime is prepared by the next pass.
  await clients?.replace(record, { ...after, updated: new Date(now()).toISOString() });
  return joined;
}
