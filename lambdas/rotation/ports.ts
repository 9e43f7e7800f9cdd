import type { KeyRecord } from '../shared/apiKeyList.ts';
import type { ClientState, RetiredKey } from '../shared/clientItems.ts';
import type { PlanOfTier } from '../shared/wireContract.ts';

/** The versions of the secret that API keys are computed from. Ids are those of Secrets Manager, times epoch milliseconds. */
export interface SecretVersions {
  /** Which versions have labels, and when the secret was changed last in any way. */
  labels(): Promise<SecretLabels>;
  read(versionId: string): Promise<SecretVersion>;
  /** Adds a generated value as the pending version, which nobody uses yet; once for the state that the labels were read in. */
  add(labels: SecretLabels): Promise<void>;
  /** Makes the pending version the current one. */
  promote(labels: SecretLabels & { readonly pending: string }): Promise<void>;
}

export interface SecretLabels {
  readonly current: string;
  /** Of a rotation that is not finished. */
  readonly pending?: string;
  /** Of the last rotation. */
  readonly previous?: string;
  readonly changed: number;
}

export interface SecretVersion {
  readonly value: string;
  readonly created: number;
}

/** The API keys of the account in the region. */
export interface ApiKeys {
  list(): Promise<readonly KeyRecord[]>;
  /** Ids of the keys in a usage plan. */
  membersOf(planId: string): Promise<ReadonlySet<string>>;
  /** Whether a key is in any usage plan. */
  hasPlan(keyId: string): Promise<boolean>;
  /** Returns the id, or undefined when a key of this value exists. */
  create(key: NewKey): Promise<string | undefined>;
  setEnabled(keyId: string, enabled: boolean): Promise<void>;
  /** Succeeds also for a key that is in the plan already. */
  join(planId: string, keyId: string): Promise<void>;
  /**
   * Succeeds also for a key that does not exist. Returns false for one without the tag of the API, which an older version of the
   * command line has made: only the command line is allowed to delete it.
   */
  remove(keyId: string): Promise<boolean>;
}

export interface NewKey {
  readonly name: string;
  readonly value: string;
  readonly enabled: boolean;
}

/** The table of registered clients. */
export interface ClientRecords {
  list(): Promise<readonly ClientState[]>;
  /** Writes a state if the record is still the one that was read; returns whether it was. */
  replace(before: ClientState, after: ClientState): Promise<boolean>;
  retire(key: RetiredKey): Promise<void>;
  retired(): Promise<readonly RetiredKey[]>;
  forget(key: RetiredKey): Promise<void>;
}

/** What a rotation works on. */
export interface RotationServices {
  readonly restApiId: string;
  readonly plans: readonly PlanOfTier[];
  readonly secret: SecretVersions;
  readonly keys: ApiKeys;
  /** Absent where clients are not registered. */
  readonly clients?: ClientRecords;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** Whether there is time for another step. */
  readonly hasTime: () => boolean;
  /** Waits as long as API Gateway's rate of key creations requires. */
  readonly pace: () => Promise<void>;
}
