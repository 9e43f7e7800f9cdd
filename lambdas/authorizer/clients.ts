import { type AwsCall, awsCall } from '../shared/aws.ts';
import { readState, stateKey } from '../shared/clientItems.ts';
import { isRecord } from '../shared/json.ts';
import type { AuthorizerEnvironment, Readable } from '../shared/wireContract.ts';
import { AuthorizerFault } from './reasons.ts';
import { ttlCache } from './ttlCache.ts';

/** The state of a registered client. */
export interface ClientRecord {
  readonly tier: string;
  readonly status: 'active' | 'suspended';
  readonly keyVersion: number;
  /** Version of the secret that the value of its key is computed from; absent in old records. */
  readonly secretVersion?: string;
}

/** A change takes effect within this time plus the time that the gateway caches a decision. */
const FRESH_MS = 30_000;
/** While the table is unreachable, records that were read within this time still count. */
const STALE_MS = 3_600_000;
/** Maximum bytes: those of a partition key (DynamoDB quotas), minus the prefix. */
const MAX_CLIENT_BYTES = 2_000;

/**
 * Looks clients up in the table of registered clients (`SECURE_API_CLIENTS_TABLE`); without the variable, no client is
 * registered. Results, including that a client does not exist, are cached for half a minute.
 *
 * The returned function throws {@link AuthorizerFault} `clients-unreachable` when the table is unreachable and the client is
 * not cached, because the client could be suspended.
 */
export function clientDirectory(
  environment: Readable<AuthorizerEnvironment>,
  now: () => number = Date.now,
): (client: string) => ClientRecord | undefined | Promise<ClientRecord | undefined> {
  const table = environment.SECURE_API_CLIENTS_TABLE;
  if (table === undefined || table === '') return () => undefined;
  const call = awsCall(environment, 'dynamodb');
  const fresh = ttlCache<Found>(FRESH_MS, now);
  const stale = ttlCache<Found>(STALE_MS, now);
  const lookUp = async (client: string) => {
    try {
      const found = await read(call, table, client);
      fresh.set(client, found);
      stale.set(client, found);
      return found.record;
    } catch (cause) {
      const old = stale.get(client);
      if (old === undefined) throw new AuthorizerFault('clients-unreachable', cause);
      // Not longer than the hour since it was read, which ends during an outage, too.
      fresh.set(client, old, stale.until(client));
      return old.record;
    }
  };
  return (client) => {
    if (client === '' || Buffer.byteLength(client) > MAX_CLIENT_BYTES) return undefined;
    const cached = fresh.get(client);
    return cached === undefined ? lookUp(client) : cached.record;
  };
}

/** What the cache holds; also that a client does not exist. */
interface Found {
  readonly record: ClientRecord | undefined;
}

async function read(call: AwsCall, table: string, client: string): Promise<Found> {
  const { Item: item } = await call('GetItem', { TableName: table, Key: stateKey(client) });
  if (!isRecord(item)) return { record: undefined };
  // An unreadable status counts as suspended.
  const { tier, status, keyVersion, secretVersion } = readState(item);
  return { record: { tier, status, keyVersion, secretVersion } };
}
