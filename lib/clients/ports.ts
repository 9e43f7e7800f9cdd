import type { ClientState, RetiredKey } from '../../lambdas/shared/clientItems.ts';
import type { AuditLine, DeployedPlan } from './model.ts';

/** API keys and usage plans: the control plane of API Gateway. */
export interface KeyPlane {
  /** Plans of the API with this name in the definition, of all its deployments in the region. */
  plans(api: string): Promise<readonly DeployedPlan[]>;
  /** Creates an enabled key for clients of a REST API, and returns its id. */
  createKey(restApiId: string, name: string, value: string): Promise<string>;
  /** Succeeds also if the key does not exist. */
  deleteKey(keyId: string): Promise<void>;
  setEnabled(keyId: string, enabled: boolean): Promise<void>;
  joinPlan(planId: string, keyId: string): Promise<void>;
  /** Requests that are left in the period; undefined if the key was not used in it. */
  remaining(planId: string, keyId: string): Promise<number | undefined>;
  /** Of the whole account in the region. */
  counts(): Promise<{ readonly keys: number; readonly plans: number }>;
}

/** The table of clients. */
export interface ClientStore {
  read(client: string): Promise<ClientState | undefined>;
  /** Only if the state is still the one that was read (`undefined`: none); otherwise throws `client-changed`. */
  write(state: ClientState, before: ClientState | undefined): Promise<void>;
  remove(before: ClientState): Promise<void>;
  list(): Promise<readonly ClientState[]>;
  /** Latest first. */
  history(client: string): Promise<readonly AuditLine[]>;
  note(line: AuditLine): Promise<void>;
  retire(key: RetiredKey): Promise<void>;
  retired(): Promise<readonly RetiredKey[]>;
  forget(key: RetiredKey): Promise<void>;
}

/** The services that manage the clients of one API. */
export interface ClientServices {
  readonly keys: KeyPlane;
  readonly store: ClientStore;
  readonly plans: readonly DeployedPlan[];
  /** Value of the API key of a client, and the version of the API's secret that it is computed from. */
  readonly keyValue: (
    client: string,
    version: number,
  ) => Promise<{ readonly value: string; readonly secretVersion: string }>;
  /** The principal that makes the change, for the history. */
  readonly who: () => Promise<string>;
  readonly now: () => Date;
}
