import type { ClientState } from '../../lambdas/shared/clientItems.ts';
import { clientKeyPrefix } from '../../lambdas/shared/clientKey.ts';
import { faults } from './faults.ts';
import type { AuditLine, ClientAction, ClientUsage, DeployedPlan } from './model.ts';
import type { ClientServices } from './ports.ts';
import { sweep } from './sweep.ts';

/** Manages registered clients. Each change is recorded before it is made, and its outcome afterwards. */
export interface ClientRegistry {
  add(client: string, tier: string): Promise<ClientState>;
  /** Takes effect at once for new decisions, and for cached ones when they expire. No request is rejected in between. */
  setTier(client: string, tier: string): Promise<ClientState>;
  /** Replaces the key, which also resets rate and quota. */
  rotate(client: string): Promise<ClientState>;
  suspend(client: string): Promise<ClientState>;
  resume(client: string): Promise<ClientState>;
  /** The client then shares the key of the tier that its tokens name. */
  remove(client: string): Promise<void>;
  list(): Promise<readonly ClientState[]>;
  show(client: string): Promise<{ readonly state: ClientState; readonly history: readonly AuditLine[] }>;
  usage(client: string): Promise<ClientUsage>;
}

/** RFC 6749, appendix A.1. */
const CLIENT = /^[\x20-\x7e]{1,255}$/;

/**
 * Makes a registry of the clients of one API. Its functions throw {@link ConfigError} `client-…`, `option-invalid`,
 * `keys-exhausted`.
 */
export function clientRegistry(services: ClientServices): ClientRegistry {
  const { keys, store, plans, now } = services;
  const known = async (client: string) => {
    const state = await store.read(client);
    if (state === undefined) throw faults.unknown(client);
    return state;
  };
  const replaceKey = async (action: ClientAction, client: string, tier?: string): Promise<ClientState> => {
    const before = await known(client);
    const plan = planOf(plans, tier ?? before.tier);
    return audited(services, { client, action, tier: plan.tier }, async () => {
      const after = await withNewKey(services, before, plan);
      await retireKeys(services, before);
      return after;
    });
  };
  const setStatus = async (
    action: ClientAction,
    client: string,
    status: ClientState['status'],
  ): Promise<ClientState> => {
    const before = await known(client);
    const after = { ...before, status, updated: now().toISOString() };
    return audited(services, { client, action, tier: before.tier }, async () => {
      // The disabled key stops cached decisions; the table provides the reason for new ones.
      for (const keyId of keysOf(before)) await keys.setEnabled(keyId, status === 'active');
      await store.write(after, before);
      return after;
    });
  };
  return {
    async add(client, tier) {
      if (!CLIENT.test(client)) throw faults.clientId(client);
      const plan = planOf(plans, tier);
      if ((await store.read(client)) !== undefined) throw faults.exists(client);
      return audited(services, { client, action: 'add', tier }, () => withNewKey(services, { client }, plan));
    },
    setTier: (client, tier) => replaceKey('set-tier', client, tier),
    rotate: (client) => replaceKey('rotate', client),
    suspend: (client) => setStatus('suspend', client, 'suspended'),
    resume: (client) => setStatus('resume', client, 'active'),
    async remove(client) {
      const before = await known(client);
      await audited(services, { client, action: 'remove' }, async () => {
        await store.remove(before);
        await retireKeys(services, before);
      });
    },
    list: () => store.list(),
    show: async (client) => ({ state: await known(client), history: await store.history(client) }),
    async usage(client) {
      const { tier, keyId } = await known(client);
      const { planId, quota } = planOf(plans, tier);
      const { limit, period } = quota ?? { limit: 0, period: '' };
      const remaining = (await keys.remaining(planId, keyId)) ?? limit;
      return { used: limit - remaining, limit, period };
    },
  };
}

/** The key of a client, and the one that a rotation of the secret has made for it. */
function keysOf({ keyId, next }: ClientState): readonly string[] {
  return next === undefined ? [keyId] : [keyId, next.keyId];
}

async function retireKeys({ store, now }: ClientServices, before: ClientState): Promise<void> {
  const at = now().toISOString();
  for (const keyId of keysOf(before)) await store.retire({ keyId, at });
}

function planOf(plans: readonly DeployedPlan[], tier: string): DeployedPlan {
  const plan = plans.find((each) => each.tier === tier);
  if (plan !== undefined) return plan;
  throw faults.tier(
    tier,
    plans.map((each) => each.tier),
  );
}

type Before = ClientState | (Partial<ClientState> & { readonly client: string });

/**
 * Gives a client a new key in a plan. The old key, if any, stays in its plan: decisions that the gateway has cached still name
 * it, and a key without a plan would be rejected.
 */
async function withNewKey(services: ClientServices, before: Before, plan: DeployedPlan): Promise<ClientState> {
  const { keys, store, keyValue, now } = services;
  const { client } = before;
  const time = now();
  // A version is never reused, not even for a client that was removed and added again.
  const keyVersion = Math.max((before.keyVersion ?? 0) + 1, Math.floor(time.getTime() / 1000));
  const { value, secretVersion } = await keyValue(client, keyVersion);
  const { restApiId } = plan;
  const keyId = await keys.createKey(restApiId, `${clientKeyPrefix(restApiId)}${client}`, value);
  try {
    await keys.joinPlan(plan.planId, keyId);
    if (before.status === 'suspended') await keys.setEnabled(keyId, false);
    const updated = time.toISOString();
    const { status = 'active', created = updated } = before;
    const after = { client, tier: plan.tier, status, keyVersion, secretVersion, keyId, created, updated };
    await store.write(after, before.keyId === undefined ? undefined : (before as ClientState));
    return after;
  } catch (error) {
    await keys.deleteKey(keyId);
    throw error;
  }
}

async function audited<T>(
  services: ClientServices,
  change: Pick<AuditLine, 'client' | 'action' | 'tier'>,
  make: () => Promise<T>,
): Promise<T> {
  const { store, who, now } = services;
  const line = { ...change, who: await who(), at: now().toISOString() };
  await store.note({ ...line, outcome: 'begun' });
  try {
    const made = await make();
    await store.note({ ...line, outcome: 'done' });
    await sweep(services);
    return made;
  } catch (error) {
    await store.note({ ...line, outcome: 'failed' });
    throw error;
  }
}
