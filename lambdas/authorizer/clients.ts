import { type AwsCall, awsCall } from '../shared/aws.ts';
import { clientPartition, STATE } from '../shared/clientsTable.ts';
import type { AuthorizerEnvironment, Readable } from '../shared/wireContract.ts';
import { AuthorizerFault } from './reasons.ts';
import { ttlCache } from './ttlCache.ts';

/** What is known of a client that is registered. */
export interface ClientRecord {
  readonly tier: string;
  readonly status: 'active' | 'suspended';
  readonly keyVersion: number;
}

/** A change takes effect within this time, and within what the gateway remembers of a token. */
const FRESH_MS = 30_000;
/** While the table is out of reach, what was read within this time still counts. */
const STALE_MS = 3_600_000;
/** Bytes of a partition key (DynamoDB quotas), less than the prefix takes. */
const MAX_CLIENT_BYTES = 2_000;

/**
 * Looks clients up in the table of the registered ones (`SECURE_API_CLIENTS_TABLE`); without the variable nobody is
 * registered. Answers, also that there is no such client, are kept for half a minute.
 *
 * The made function throws {@link AuthorizerFault} `clients-unreachable` when the table cannot be asked and nothing is known
 * from before: whether the client is suspended is not known then.
 */
export function clientDirectory(
  environment: Readable<AuthorizerEnvironment>,
  now: () => number = Date.now,
): (client: string) => Promise<ClientRecord | undefined> {
  const table = environment.SECURE_API_CLIENTS_TABLE;
  if (table === undefined || table === '') return async () => undefined;
  const call = awsCall(environment, 'dynamodb');
  const fresh = ttlCache<Found>(FRESH_MS, now);
  const stale = ttlCache<Found>(STALE_MS, now);
  return async (client) => {
    if (client === '' || Buffer.byteLength(client) > MAX_CLIENT_BYTES) return undefined;
    const known = fresh.get(client);
    if (known !== undefined) return known.record;
    const found = await read(call, table, client).catch((cause: unknown): Found => {
      const old = stale.get(client);
      if (old === undefined) throw new AuthorizerFault('clients-unreachable', cause);
      return old;
    });
    fresh.set(client, found);
    stale.set(client, found);
    return found.record;
  };
}

/** Also that nothing was found is worth keeping. */
interface Found {
  readonly record: ClientRecord | undefined;
}

interface Item {
  readonly tier?: { readonly S?: string };
  readonly status?: { readonly S?: string };
  readonly keyVersion?: { readonly N?: string };
}

async function read(call: AwsCall, table: string, client: string): Promise<Found> {
  const Key = { id: { S: clientPartition(client) }, at: { S: STATE } };
  const { Item: item } = (await call('GetItem', { TableName: table, Key })) as { readonly Item?: Item };
  if (item === undefined) return { record: undefined };
  const tier = item.tier?.S ?? '';
  const keyVersion = Number(item.keyVersion?.N);
  // What cannot be read as active is not let through.
  const status = item.status?.S === 'active' ? 'active' : 'suspended';
  return { record: { tier, status, keyVersion } };
}
