import type { ApiKeys, ClientRecords, RotationServices, SecretVersions } from '../../lambdas/rotation/ports.ts';
import type { ClientState, RetiredKey } from '../../lambdas/shared/clientItems.ts';
import { clientKey, tierKey } from '../../lambdas/shared/clientKey.ts';
import { faults } from '../../lib/clients/faults.ts';
import { type ClientRegistry, clientRegistry } from '../../lib/clients/index.ts';

/** The gateway caches a decision for up to five minutes, and the authorizer a record for an hour when it cannot read it again. */
const NAMED_CLIENT_MS = 300_000 + 3_600_000;
/** The authorizer uses a secret that it cannot read again for a day. */
const NAMED_TIER_MS = 300_000 + 86_400_000;
const REST_API = 'api1';

interface Key {
  readonly name: string;
  readonly value: string;
  readonly enabled: boolean;
  readonly created: number;
  readonly updated: number;
  readonly planIds: readonly string[];
  /** Since when a request with it is counted. */
  readonly usable: number;
}

interface Named {
  readonly value: string;
  readonly planId: string;
  readonly who: string;
}

/**
 * API Gateway, Secrets Manager and the table of clients in memory, with everything that the authorizer can name at a moment.
 * Each call to it can be the last one of a run.
 */
export class RotationWorld {
  time = Date.UTC(2026, 10, 28);
  readonly keys = new Map<string, Key>();
  readonly versions = new Map<string, { readonly value: string; readonly created: number }>();
  readonly records = new Map<string, ClientState>();
  readonly retired: RetiredKey[] = [];
  plans = [
    { tier: 'free', planId: 'p-free' },
    { tier: 'paid', planId: 'p-paid' },
  ];
  current = '';
  pending: string | undefined;
  previous: string | undefined;
  changed = this.time;
  /** Throws at the call with this number. */
  failAt = Number.POSITIVE_INFINITY;
  calls = 0;
  /** What somebody else does at the call with this number, while a run waits for its result. */
  interruptAt = Number.POSITIVE_INFINITY;
  interrupt: () => Promise<unknown> = async () => undefined;
  /** Number of the creation of a key whose response is lost: the repeated request finds that the key exists. */
  loseAt = Number.POSITIVE_INFINITY;
  creations = 0;
  /** A list of keys does not show those that are younger. */
  lagMs = 0;
  /** From key creation until it may be used first. */
  settleMs = 300_000;
  /** Every moment at which a key could be named and was not usable. */
  readonly violations: string[] = [];
  #history: { readonly until: number; readonly named: Named }[] = [];
  #nextId = 0;

  constructor() {
    this.current = this.#addVersion();
    for (const { tier, planId } of this.plans)
      this.#addKey(`stack-${tier}`, tierKey(this.valueOf(this.current), tier), [planId], 0);
  }

  valueOf(version: string): string {
    return this.versions.get(version)?.value ?? 'no such version';
  }

  /** What a rotation calls. */
  services(hasTime = () => true): RotationServices {
    const secret: SecretVersions = {
      labels: async () => {
        await this.#call();
        const { current, previous, changed } = this;
        return { current, previous, changed, pending: this.pending };
      },
      read: async (id) => {
        await this.#call();
        return { value: this.valueOf(id), created: this.versions.get(id)?.created ?? 0 };
      },
      add: async () => {
        await this.#call();
        // One version for each state of the labels.
        if (this.pending !== undefined) return;
        this.pending = this.#addVersion();
        this.changed = this.time;
      },
      promote: async ({ current, pending }) => {
        await this.#call();
        if (this.current !== current) return;
        this.#keepNaming();
        [this.current, this.previous, this.pending] = [pending, current, undefined];
        this.changed = this.time;
        this.check();
      },
    };
    const { keys, records } = this;
    const apiKeys: ApiKeys = {
      list: async () => {
        await this.#call();
        const shown = [...keys].filter(([, { created }]) => created === 0 || created <= this.time - this.lagMs);
        return shown.map(([id, { name, created, updated, enabled }]) => ({ id, name, created, updated, enabled }));
      },
      membersOf: async (planId) => {
        await this.#call();
        return new Set([...keys].flatMap(([id, { planIds }]) => (planIds.includes(planId) ? [id] : [])));
      },
      hasPlan: async (id) => {
        await this.#call();
        return (keys.get(id)?.planIds.length ?? 0) > 0;
      },
      create: async ({ name, value, enabled }) => {
        await this.#call();
        if ([...keys.values()].some((key) => key.value === value)) return undefined;
        const id = this.#addKey(name, value, [], Number.POSITIVE_INFINITY);
        this.#change(id, { enabled });
        this.creations += 1;
        return this.creations === this.loseAt ? undefined : id;
      },
      setEnabled: async (id, enabled) => this.#change(id, { enabled, updated: this.time }),
      join: async (planId, id) => {
        await this.#call();
        if (keys.get(id)?.planIds.includes(planId) === true) return;
        this.#change(id, { planIds: [planId], usable: this.time + this.settleMs });
      },
      remove: async (id) => {
        await this.#call();
        keys.delete(id);
        this.check();
        return true;
      },
    };
    const clients: ClientRecords = {
      list: async () => {
        await this.#call();
        return [...records.values()];
      },
      replace: async (before, after) => {
        await this.#call();
        return this.#write(after, before);
      },
      retire: async (key) => {
        await this.#call();
        this.retired.push(key);
      },
      retired: async () => {
        await this.#call();
        return [...this.retired];
      },
      forget: async ({ keyId }) => {
        await this.#call();
        this.retired.splice(0, this.retired.length, ...this.retired.filter((key) => key.keyId !== keyId));
      },
    };
    const pace = async () => {
      this.time += 250;
    };
    const { plans } = this;
    return { restApiId: REST_API, plans, secret, keys: apiKeys, clients, now: () => this.time, hasTime, pace };
  }

  /** The command line, as a person uses it meanwhile. A key that it makes is usable at once. */
  registry(): ClientRegistry {
    const { clients } = this.services();
    if (clients === undefined) throw new Error('the world has clients');
    return clientRegistry({
      plans: this.plans.map((plan) => ({ ...plan, restApiId: REST_API, keysSecret: 'arn' })),
      keys: {
        plans: async () => [],
        createKey: async (_, name, value) => {
          if ([...this.keys.values()].some((key) => key.value === value)) throw faults.changed(name);
          return this.#addKey(name, value, [], 0);
        },
        deleteKey: async (id) => {
          this.keys.delete(id);
          this.check();
        },
        setEnabled: async (id, enabled) => {
          const key = this.keys.get(id);
          if (key !== undefined) this.keys.set(id, { ...key, enabled });
        },
        joinPlan: async (planId, id) => this.#change(id, { planIds: [planId] }),
        remaining: async () => undefined,
        counts: async () => ({ keys: this.keys.size, plans: this.plans.length }),
      },
      store: {
        ...clients,
        read: async (client) => this.records.get(client),
        write: async (state, before) => {
          if (!this.#write(state, before)) throw faults.changed(state.client);
        },
        remove: async (before) => {
          this.#keepNaming();
          this.records.delete(before.client);
        },
        history: async () => [],
        note: async () => undefined,
      },
      keyValue: async (client, version) => ({
        value: clientKey(this.valueOf(this.current), client, version),
        secretVersion: this.current,
      }),
      who: async () => 'ada',
      now: () => new Date(this.time),
    });
  }

  /** Notes each key that can be named now and is not usable. */
  check(): void {
    const still = this.#history.filter(({ until }) => until > this.time).map(({ named }) => named);
    for (const { value, planId, who } of [...this.#named(), ...still]) {
      const key = [...this.keys.values()].find((one) => one.value === value);
      if (key?.planIds.includes(planId) === true && key.enabled && key.usable <= this.time) continue;
      this.violations.push(`${new Date(this.time).toISOString()}: ${who} ${JSON.stringify(key ?? 'no key')}`);
    }
  }

  /** What a new decision names. */
  #named(): readonly Named[] {
    const tiers = this.plans.map(({ tier, planId }) => {
      return { value: tierKey(this.valueOf(this.current), tier), planId, who: `tier ${tier}` };
    });
    const active = [...this.records.values()].filter(({ status }) => status === 'active');
    const clients = active.map(({ client, tier, keyVersion, secretVersion = '' }) => {
      const planId = this.plans.find((plan) => plan.tier === tier)?.planId ?? '';
      return { value: clientKey(this.valueOf(secretVersion), client, keyVersion), planId, who: client };
    });
    return [...tiers, ...clients];
  }

  /** What is named now can be named by caches for some time. */
  #keepNaming(): void {
    for (const named of this.#named()) {
      const until = this.time + (named.who.startsWith('tier ') ? NAMED_TIER_MS : NAMED_CLIENT_MS);
      this.#history.push({ named, until });
    }
  }

  #write(state: ClientState, before: ClientState | undefined): boolean {
    const stored = this.records.get(state.client);
    if (stored?.keyId !== before?.keyId || stored?.updated !== before?.updated) return false;
    this.#keepNaming();
    this.records.set(state.client, state);
    // A suspension shall reject at once, also what is cached.
    if (state.status === 'suspended') this.#history = this.#history.filter(({ named }) => named.who !== state.client);
    // Two changes of a record have different times.
    this.time += 1;
    this.check();
    return true;
  }

  #addVersion(): string {
    const id = `version-${this.#nextId++}`;
    this.versions.set(id, { value: `secret-of-${id}`, created: this.time });
    return id;
  }

  #addKey(name: string, value: string, planIds: readonly string[], usable: number): string {
    const id = `key-${this.#nextId++}`;
    this.keys.set(id, { name, value, planIds, usable, enabled: true, created: this.time, updated: this.time });
    return id;
  }

  async #change(id: string, change: Partial<Key>): Promise<void> {
    const key = this.keys.get(id);
    if (key !== undefined) this.keys.set(id, { ...key, ...change });
    this.check();
  }

  async #call(): Promise<void> {
    this.calls += 1;
    if (this.calls === this.interruptAt) await this.interrupt();
    if (this.calls === this.failAt) throw new Error('the run was killed');
  }
}
