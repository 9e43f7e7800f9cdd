import type { KeyRecord } from '../shared/apiKeyList.ts';
import { RETIRED_GRACE_MS } from '../shared/clientItems.ts';
import { clientKeyPrefix } from '../shared/clientKey.ts';
import { readKeyName } from './keyNames.ts';
import type { ClientRecords, RotationServices, SecretLabels } from './ports.ts';

/**
 * How long the keys of a version can be named after it was replaced: the authorizer uses the secret that it has read for a day
 * when Secrets Manager is unreachable, and the gateway caches its decisions for up to five minutes.
 */
export const OLD_VERSION_MS = 25 * 3_600_000;

/** Deletes the keys that nothing can name any more. Only while no rotation is in progress. */
export async function deleteUnused(services: RotationServices, labels: SecretLabels): Promise<void> {
  // The keys first: one that a record names later is either not in this list, or named by a record already.
  const keys = await services.keys.list();
  for (const key of keys) {
    if (!services.hasTime()) return;
    if (await isUnusedTierKey(key, services, labels)) await services.keys.remove(key.id);
  }
  if (services.clients === undefined) return;
  await deleteRetired(services, services.clients);
  await retireUnnamed(services, services.clients, keys);
}

async function isUnusedTierKey(
  { id, name }: KeyRecord,
  { restApiId, plans, keys, now }: RotationServices,
  { current, changed }: SecretLabels,
): Promise<boolean> {
  const key = readKeyName(restApiId, name);
  if (key?.kind !== 'tier') return false;
  // The plan went with the tier. Its key must not stay: a tier that comes back gets a key of the same value.
  if (!plans.some(({ tier }) => tier === key.owner) && !(await keys.hasPlan(id))) return true;
  return key.version !== current && now() - changed > OLD_VERSION_MS;
}

async function deleteRetired({ keys, now, hasTime, pace }: RotationServices, clients: ClientRecords): Promise<void> {
  for (const retired of await clients.retired()) {
    if (!hasTime()) return;
    if (now() - Date.parse(retired.at) < RETIRED_GRACE_MS) continue;
    await pace();
    if (await keys.remove(retired.keyId)) await clients.forget(retired);
  }
}

/**
 * Retires keys of clients that no record names: what interrupted changes leave. A young key may belong to a change that still
 * runs.
 */
async function retireUnnamed(
  { restApiId, now }: RotationServices,
  clients: ClientRecords,
  keys: readonly KeyRecord[],
): Promise<void> {
  const records = await clients.list();
  const named = new Set(records.flatMap(({ keyId, next }) => (next === undefined ? [keyId] : [keyId, next.keyId])));
  const retired = new Set((await clients.retired()).map(({ keyId }) => keyId));
  const isOfClient = ({ name }: KeyRecord) =>
    readKeyName(restApiId, name)?.kind === 'client' || name.startsWith(clientKeyPrefix(restApiId));
  for (const key of keys) {
    const isOld = now() - key.created > OLD_VERSION_MS;
    if (!isOld || !isOfClient(key) || named.has(key.id) || retired.has(key.id)) continue;
    await clients.retire({ keyId: key.id, at: new Date(now()).toISOString() });
  }
}
