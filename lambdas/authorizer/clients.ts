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
  const known = ttlCache<Found>(STALE_MS, now);
  const lookUp = async (client: string) => {
    let found: Found | undefined;
    try {
      found = { record: await read(call, table, client), freshAt: now() };
      known.set(client, found);
    } catch (cause) {
      // Not longer than the hour since it was read, which ends during an outage, too.
      found = known.get(client);
      if (found === undefined) throw new AuthorizerFault('clients-unreachable', cause);
      found.freshAt = now();
    }
    return found.record;
  };
  return (client) => {
    if (client === '' || Buffer.byteLength(client) > MAX_CLIENT_BYTES) return undefined;
    const found = known.get(client);
    return found !== undefined && isFresh(found, now()) ? found.record : lookUp(client);
  };
}

/** What the cache holds; also that a client does not exist. One entry for both ages: an instance can have thousands. */
interface Found {
  readonly record: ClientRecord | undefined;
  /** When it was read, or could not be read again. */
  freshAt: number;
}

/** After a step of the clock to before it was read, nobody knows its age. */
function isFresh({ freshAt }: Found, time: number): boolean {
  return freshAt <= time && time < freshAt + FRESH_MS;
}

async function read(call: AwsCall, table: string, client: string): Promise<ClientRecord | undefined> {
  const { Item: item } = await call('GetItem', { TableName: table, Key: stateKey(client) });
  if (!isRecord(item)) return undefined;
  // An unreadable status counts as suspended.
  const { tier, status, keyVersion, secretVersion } = readState(item);
  return { tier, status, keyVersion, secretVersion };
}
