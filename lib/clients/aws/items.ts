import type { AttributeValue } from '@aws-sdk/client-dynamodb';
import { clientId, STATE } from '../../../lambdas/authorizer/clients.ts';
import type { AuditLine, ClientState, RetiredKey } from '../model.ts';

/** An item of the table, as DynamoDB writes it. */
export type Item = Record<string, AttributeValue>;

/** Partition of the keys that wait to be deleted. Clients' partitions begin with `client#`. */
export const RETIRED = 'retired';

/** Key of the item that the authorizer reads. */
export function stateKey(client: string): Item {
  return { id: { S: clientId(client) }, at: { S: STATE } };
}

export function stateItem(state: ClientState): Item {
  const { client, tier, status, keyVersion, keyId, created, updated } = state;
  const texts = { client, tier, status, keyId, created, updated };
  const strings = Object.entries(texts).map(([name, S]) => [name, { S }] as const);
  return { ...stateKey(client), ...Object.fromEntries(strings), keyVersion: { N: String(keyVersion) } };
}

export function readState(item: Item): ClientState {
  return {
    client: textOf(item, 'client'),
    tier: textOf(item, 'tier'),
    status: textOf(item, 'status') === 'active' ? 'active' : 'suspended',
    keyVersion: Number(item['keyVersion']?.N),
    keyId: textOf(item, 'keyId'),
    created: textOf(item, 'created'),
    updated: textOf(item, 'updated'),
  };
}

export function auditItem({ client, at, who, action, outcome, tier }: AuditLine): Item {
  const texts = { who, action, outcome, ...(tier === undefined ? {} : { tier }) };
  const strings = Object.entries(texts).map(([name, S]) => [name, { S }] as const);
  return { id: { S: clientId(client) }, at: { S: at }, ...Object.fromEntries(strings) };
}

export function readAudit(item: Item, client: string): AuditLine {
  const tier = textOf(item, 'tier');
  return {
    client,
    at: textOf(item, 'at'),
    who: textOf(item, 'who'),
    action: textOf(item, 'action') as AuditLine['action'],
    outcome: textOf(item, 'outcome') as AuditLine['outcome'],
    ...(tier === '' ? {} : { tier }),
  };
}

export function retiredKey({ keyId, at }: RetiredKey): Item {
  return { id: { S: RETIRED }, at: { S: `${at}#${keyId}` } };
}

export function readRetired(item: Item): RetiredKey {
  const [at = '', keyId = ''] = textOf(item, 'at').split('#');
  return { at, keyId };
}

function textOf(item: Item, name: string): string {
  return item[name]?.S ?? '';
}
