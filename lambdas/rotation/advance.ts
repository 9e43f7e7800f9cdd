import type { ClientState } from '../shared/clientItems.ts';
import { MAX_API_KEYS } from '../shared/clientKey.ts';
import type { RotationProgress } from '../shared/wireContract.ts';
import { deleteUnused, OLD_VERSION_MS } from './deleteUnused.ts';
import type { RotationServices, SecretLabels } from './ports.ts';
import { addMissingTierKeys, planOf, prepareKeys } from './prepareKeys.ts';

const DAY_MS = 86_400_000;
/** How often records that were changed in the meantime are prepared again in one run. */
const PASSES = 10;

/** When to rotate, and how carefully. */
export interface RotationRules {
  /** Starts a rotation although none is due. */
  readonly start: boolean;
  /** Days from one rotation to the next; 0: only by command. */
  readonly everyDays: number;
  /** From the creation of the last key to its first use. */
  readonly settleMs: number;
}

/**
 * Does the next steps of a rotation, until it is finished or the time is used up. All state is in the labels of the secret, the
 * names of keys and the records of clients, so each run finds out what is left. Two runs at once do no harm: names and values of
 * keys are computed, and records are replaced only as they were read.
 *
 * At every moment, each key that the authorizer can name is in its plan.
 */
export async function advance(services: RotationServices, rules: RotationRules): Promise<RotationProgress> {
  const { secret, now } = services;
  let labels = await secret.labels();
  if (labels.pending === undefined) {
    await deleteUnused(services, labels);
    await nameVersions(services, labels.current);
    if (labels.previous !== undefined) await addMissingTierKeys(services, labels.current);
    const reason = await reasonNotToStart(services, labels, rules);
    if (reason !== undefined) return reason;
    await secret.add(labels);
    labels = await secret.labels();
  }
  const { pending } = labels;
  if (pending === undefined) throw new Error('the secret of the API keys has no pending version');
  for (let pass = 1; ; pass += 1) {
    const prepared = await prepareKeys(services, pending);
    if ('phase' in prepared) return prepared;
    const { total, lastMade } = prepared;
    const until = lastMade + rules.settleMs;
    if (now() < until) return { phase: 'settling', total, until: isoTime(until) };
    const switched = await switchClients(services, pending);
    if (switched === 'again' && pass < PASSES) continue;
    if (switched === 'again') throw new Error('records of clients change all the time, or cannot be replaced');
    if (switched !== 'complete') return switched;
    await secret.promote({ ...labels, pending });
    return { phase: 'finished', total, cleanup: isoTime(now() + OLD_VERSION_MS) };
  }
}

/** Writes into records of before there were several versions that their keys are of the current one. */
async function nameVersions({ clients, now, hasTime }: RotationServices, current: string): Promise<void> {
  for (const record of (await clients?.list()) ?? []) {
    if (!hasTime()) return;
    if (record.secretVersion !== undefined) continue;
    await clients?.replace(record, { ...record, secretVersion: current, updated: isoTime(now()) });
  }
}

async function reasonNotToStart(
  { secret, plans, keys, clients, now }: RotationServices,
  { current, previous, changed }: SecretLabels,
  { start, everyDays }: RotationRules,
): Promise<RotationProgress | undefined> {
  const { created } = await secret.read(current);
  const isDue = everyDays > 0 && now() - created >= everyDays * DAY_MS;
  if (!start && !isDue) return { phase: 'idle', lastChange: isoTime(changed) };
  const until = changed + OLD_VERSION_MS;
  if (previous !== undefined && now() < until) return { phase: 'too-soon', until: isoTime(until) };
  const existing = await keys.list();
  const records = (await clients?.list()) ?? [];
  const needed = plans.length + records.length;
  if (existing.length + needed <= MAX_API_KEYS) return undefined;
  return { phase: 'no-room', keys: existing.length, needed, limit: MAX_API_KEYS };
}

/** Lets each client be counted by its prepared key. `again` when a record was changed in the meantime. */
async function switchClients(
  { clients, plans, now, hasTime }: RotationServices,
  pending: string,
): Promise<RotationProgress | 'again' | 'complete'> {
  const records = (await clients?.list()) ?? [];
  let result: 'again' | 'complete' = 'complete';
  for (const [switched, record] of records.entries()) {
    if (!hasTime()) return { phase: 'switching', switched, total: records.length };
    if (record.secretVersion === pending || planOf(plans, record) === undefined) continue;
    const { next, ...before } = record;
    const at = isoTime(now());
    const isReplaced =
      next?.secretVersion === pending && (await clients?.replace(record, { ...before, ...keyOf(next), updated: at }));
    if (isReplaced) await clients?.retire({ keyId: record.keyId, at });
    else result = 'again';
  }
  return result;
}

function keyOf({ keyId, keyVersion, secretVersion }: NonNullable<ClientState['next']>) {
  return { keyId, keyVersion, secretVersion };
}

function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
