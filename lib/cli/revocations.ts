import {
  MAX_REVOCABLE_BYTES,
  REVOCATION_KINDS,
  type RevocationKind,
  revocationKey,
} from '../../lambdas/shared/tableKeys.ts';
import { ConfigError } from '../definition/errors.ts';
import type { DynamoDb } from './dynamodb.ts';

/** What to revoke or restore, by the claim that names it. */
export type RevocationTarget = { readonly [Kind in RevocationKind]?: string };

/** Part of the name that the construct gives to its table. */
const TABLE_ID = /Revocations/;

/**
 * The items of what to revoke or restore: `jti#…`, `sub#…`, `client#…`.
 *
 * @throws {ConfigError} `option-missing` when nothing is named, `option-invalid` for an empty or too long value.
 */
export function revocationIds(target: RevocationTarget): readonly string[] {
  const named = REVOCATION_KINDS.filter((kind) => target[kind] !== undefined);
  if (named.length === 0) {
    throw new ConfigError({
      code: 'option-missing',
      location: '--jti, --sub or --client',
      found: 'none of them',
      expected: 'what to revoke or restore',
      fix: 'Name a token by --jti, a person by --sub, or an OAuth client by --client.',
    });
  }
  return named.map((kind) => {
    const value = target[kind] ?? '';
    const key = revocationKey(kind, value);
    if (key !== undefined) return key;
    throw new ConfigError({
      code: 'option-invalid',
      location: `--${kind}`,
      found: value === '' ? 'nothing' : `${Buffer.byteLength(value)} bytes`,
      expected: `1 to ${MAX_REVOCABLE_BYTES} bytes`,
      fix: 'Copy the value of the claim from the token.',
    });
  });
}

/** Puts items on the deny list until a time, which replaces the time of items that are on it. */
export async function revoke(
  { sdk, client }: DynamoDb,
  table: string,
  ids: readonly string[],
  until: Date,
): Promise<void> {
  const expires = { N: String(Math.ceil(until.getTime() / 1000)) };
  const since = { S: new Date().toISOString() };
  for (const id of ids) {
    await client.send(new sdk.PutItemCommand({ TableName: table, Item: { id: { S: id }, expires, since } }));
  }
}

/** Removes items from the deny list. An item that is not on it is no error. */
export async function restore({ sdk, client }: DynamoDb, table: string, ids: readonly string[]): Promise<void> {
  for (const id of ids) await client.send(new sdk.DeleteItemCommand({ TableName: table, Key: { id: { S: id } } }));
}

/**
 * Finds the deny list of a local gateway.
 *
 * @throws {ConfigError} `option-missing` unless there is exactly one.
 */
export async function findTable({ sdk, client }: DynamoDb): Promise<string> {
  const { TableNames = [] } = await client.send(new sdk.ListTablesCommand({}));
  const found = TableNames.filter((name) => TABLE_ID.test(name));
  const [only] = found;
  if (only !== undefined && found.length === 1) return only;
  throw new ConfigError({
    code: 'option-missing',
    location: '--table',
    found: found.length === 0 ? 'no deny list on this machine' : `several: ${found.join(', ')}`,
    expected: 'the table of the deny list',
    fix: 'Serve a stack with revocation: true, or name the table by --table.',
  });
}
