import { clientPartition, STATE } from './tableKeys.ts';

/** A registered client. */
export interface ClientState {
  readonly client: string;
  readonly tier: string;
  readonly status: 'active' | 'suspended';
  /** Increases with each key; the value of the key is computed from it. */
  readonly keyVersion: number;
  /** Version of the secret that the value is computed with. Absent in records from before there were several: the current one. */
  readonly secretVersion?: string;
  /** Id of the API key, which is not secret. */
  readonly keyId: string;
  /** The key that a rotation of the secret has made for the client, and that is not used yet. */
  readonly next?: NextKey;
  /** ISO 8601. */
  readonly created: string;
  readonly updated: string;
}

/** A key that waits until API Gateway certainly knows it. */
export interface NextKey {
  readonly keyId: string;
  readonly keyVersion: number;
  readonly secretVersion: string;
  /** ISO 8601: when it was made. */
  readonly made: string;
}

/** A key that counts no client any more, but that cached decisions can still name. */
export interface RetiredKey {
  readonly keyId: string;
  /** ISO 8601. */
  readonly at: string;
}

/** An attribute as DynamoDB writes it, of the two types that the table has. */
export type Attribute = { readonly S: string } | { readonly N: string };
/** Partition of the keys that wait to be deleted. Clients' partitions begin with `client#`. */
const RETIRED = 'retired';

/**
 * How long a key stays after it was replaced: the authorizer uses the record of a client for an hour when it cannot read it
 * again, and the gateway caches its decisions for up to five minutes.
 */
export const RETIRED_GRACE_MS = 4_200_000;

/** Key of the item that the authorizer reads. */
export function stateKey(client: string): Record<'id' | 'at', Attribute> {
  return { id: { S: clientPartition(client) }, at: { S: STATE } };
}

export function stateItem(state: ClientState): Record<string, Attribute> {
  const { client, tier, status, keyVersion, secretVersion, keyId, next, created, updated } = state;
  const strings = {
    client,
    tier,
    status,
    keyId,
    created,
    updated,
    secretVersion,
    nextKeyId: next?.keyId,
    nextSecretVersion: next?.secretVersion,
    nextMade: next?.made,
  };
  const attributes = Object.entries(strings).flatMap(([name, S]) => (S === undefined ? [] : [[name, { S }] as const]));
  return {
    ...stateKey(client),
    ...Object.fromEntries(attributes),
    keyVersion: { N: String(keyVersion) },
    ...(next === undefined ? {} : { nextKeyVersion: { N: String(next.keyVersion) } }),
  };
}

export function readState(item: Readonly<Record<string, unknown>>): ClientState {
  const secretVersion = stringOf(item, 'secretVersion');
  const nextKeyId = stringOf(item, 'nextKeyId');
  const next = {
    keyId: nextKeyId,
    keyVersion: numberOf(item, 'nextKeyVersion'),
    secretVersion: stringOf(item, 'nextSecretVersion'),
    made: stringOf(item, 'nextMade'),
  };
  return {
    client: stringOf(item, 'client'),
    tier: stringOf(item, 'tier'),
    status: stringOf(item, 'status') === 'active' ? 'active' : 'suspended',
    keyVersion: numberOf(item, 'keyVersion'),
    keyId: stringOf(item, 'keyId'),
    created: stringOf(item, 'created'),
    updated: stringOf(item, 'updated'),
    ...(secretVersion === '' ? {} : { secretVersion }),
    ...(nextKeyId === '' ? {} : { next }),
  };
}

/** The condition that an item is still in the state `before`; `undefined`: that there is none. */
export function unchanged(before: ClientState | undefined): Condition {
  if (before === undefined) return { ConditionExpression: 'attribute_not_exists(id)' };
  const keyId = { ':keyId': { S: before.keyId } };
  if (before.updated === '') {
    const ConditionExpression = 'keyId = :keyId AND attribute_not_exists(updated)';
    return { ConditionExpression, ExpressionAttributeValues: keyId };
  }
  return {
    ConditionExpression: 'keyId = :keyId AND updated = :updated',
    ExpressionAttributeValues: { ...keyId, ':updated': { S: before.updated } },
  };
}

/** The condition of a write to DynamoDB. */
interface Condition {
  readonly ConditionExpression: string;
  readonly ExpressionAttributeValues?: Record<string, Attribute>;
}

/** What a scan of the table needs to return the states alone. */
export const ONLY_STATES = {
  FilterExpression: '#at = :state',
  ExpressionAttributeNames: { '#at': 'at' },
  ExpressionAttributeValues: { ':state': { S: STATE } },
};

/** What a query of the table needs to return the retired keys. */
export const ONLY_RETIRED = {
  KeyConditionExpression: 'id = :id',
  ExpressionAttributeValues: { ':id': { S: RETIRED } },
};

export function retiredItem({ keyId, at }: RetiredKey): Record<'id' | 'at', Attribute> {
  return { id: { S: RETIRED }, at: { S: `${at}#${keyId}` } };
}

export function readRetired(item: Readonly<Record<string, unknown>>): RetiredKey {
  const [at = '', keyId = ''] = stringOf(item, 'at').split('#');
  return { at, keyId };
}

/** A string attribute; empty where it is missing. */
export function stringOf(item: Readonly<Record<string, unknown>>, name: string): string {
  const { S } = Object(item[name]) as { readonly S?: unknown };
  return typeof S === 'string' ? S : '';
}

function numberOf(item: Readonly<Record<string, unknown>>, name: string): number {
  return Number((Object(item[name]) as { readonly N?: unknown }).N);
}
