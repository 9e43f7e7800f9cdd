import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { clientPartition, STATE } from '../../../lambdas/shared/tableKeys.ts';
import type { AuditLine, ClientState, RetiredKey } from '../model.ts';

/** An item of the table, as DynamoDB writes it. */
export type Item = Record<string, AttributeValue>;

/** Partition of the keys that wait to be deleted. Clients' partitions begin with `client#`. */
export const RETIRED = 'retired';

/** Key of the item that the authorizer reads. */
export function stateKey(client: string): Item {
  return { id: { S: clientPartition(client) }, at: { S: STATE } };
}

export function stateItem(state: ClientState): Item {
  const { client, tier, status, keyVersion, keyId, created, updated } = state;
  const strings = { client, tier, status, keyId, created, updated };
  const attributes = Object.entries(strings).map(([name, S]) => [name, { S }] as const);
  return { ...stateKey(client), ...Object.fromEntries(attributes), keyVersion: { N: String(keyVersion) } };
}

export function readState(item: Item): ClientState {
  return {
    client: stringOf(item, 'client'),
    tier: stringOf(item, 'tier'),
    status: stringOf(item, 'status') === 'active' ? 'active' : 'suspended',
    keyVersion: Number(item['keyVersion']?.N),
    keyId: stringOf(item, 'keyId'),
    created: stringOf(item, 'created'),
    updated: stringOf(item, 'updated'),
  };
}

export function auditItem({ client, at, who, action, outcome, tier }: AuditLine): Item {
  const strings = { who, action, outcome, ...(tier === undefined ? {} : { tier }) };
  const attributes = Object.entries(strings).map(([name, S]) => [name, { S }] as const);
  return { id: { S: clientPartition(client) }, at: { S: at }, ...Object.fromEntries(attributes) };
}

export function readAudit(item: Item, client: string): AuditLine {
  const tier = stringOf(item, 'tier');
  return {
    client,
    at: stringOf(item, 'at'),
    who: stringOf(item, 'who'),
    action: stringOf(item, 'action') as AuditLine['action'],
    outcome: stringOf(item, 'outcome') as AuditLine['outcome'],
    ...(tier === '' ? {} : { tier }),
  };
}

export function retiredKey({ keyId, at }: RetiredKey): Item {
  return { id: { S: RETIRED }, at: { S: `${at}#${keyId}` } };
}

export function readRetired(item: Item): RetiredKey {
  const [at = '', keyId = ''] = stringOf(item, 'at').split('#');
  return { at, keyId };
}

function stringOf(item: Item, name: string): string {
  return item[name]?.S ?? '';
}
