import { awsCall, isConditionFailure } from '../../shared/aws.ts';
import type { HandlerEnvironment, Readable } from '../../shared/wireContract.ts';

/** An attempt to run an operation. */
export interface Attempt {
  /** Identifies the operation: one record. */
  readonly id: string;
  /** Unique to the attempt, so that it ends no other one. */
  readonly owner: string;
  /** Distinguishes requests with the same id. */
  readonly fingerprint: string;
  /** Epoch milliseconds after which the attempt can no longer run, so that another one takes over. */
  readonly lockedUntil: number;
  /** Epoch seconds after which the record is no longer valid. DynamoDB deletes it later. */
  readonly expires: number;
}

/** What a table knows of an operation when an attempt begins. */
export type Claim =
  /** The attempt is the one to run. */
  | { readonly outcome: 'claimed' }
  /** Another attempt is running. */
  | { readonly outcome: 'running' }
  /** The id belongs to a request with another fingerprint. */
  | { readonly outcome: 'other-request' }
  /** An attempt has ended; without a result, it was not stored. */
  | { readonly outcome: 'done'; readonly result: string | undefined };

/** Records which operations run and which are done. Each call throws when the table is unreachable. */
export interface RecordTable {
  /** Of several attempts at once, one is `claimed`. */
  claim(attempt: Attempt, nowMs: number): Promise<Claim>;
  /** Records that an attempt is done; false if another one has taken over. */
  complete(attempt: Attempt, result: string | undefined): Promise<boolean>;
  /** Forgets an attempt that had no effect, so that the next one runs. */
  release(attempt: Attempt): Promise<void>;
}

/** A request waits for it, and a slow table is as bad as none. */
const TIMEOUT_MS = 1_000;
/** A record can go between a write that fails and the read that says why. */
const MOST_TRIES = 3;
const NAMES = { '#state': 'state', '#owner': 'owner' };

type Item = Readonly<Record<string, { readonly S?: string; readonly N?: string } | undefined>>;

/**
 * The records in the table that `SECURE_API_IDEMPOTENCY_TABLE` names. Every write is conditional and repeatable: a second
 * attempt of the same write, after a lost response, changes nothing.
 */
export function recordTable(environment: Readable<HandlerEnvironment>, timeoutMs = TIMEOUT_MS): RecordTable {
  const TableName = environment.SECURE_API_IDEMPOTENCY_TABLE ?? '';
  const call = awsCall(environment, 'dynamodb', { timeoutMs, retries: 2 });
  const write = async (operation: string, input: Readonly<Record<string, unknown>>): Promise<boolean> => {
    try {
      await call(operation, { TableName, ExpressionAttributeNames: NAMES, ...input });
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  };
  const read = async (id: string): Promise<Item | undefined> => {
    const { Item } = await call('GetItem', { TableName, Key: keyOf(id), ConsistentRead: true });
    return Item as Item | undefined;
  };
  return {
    async claim(attempt, nowMs) {
      const mine = {
        Item: itemOf(attempt, 'running'),
        ConditionExpression:
          'attribute_not_exists(id) OR expires <= :seconds OR (#state = :running AND lockedUntil <= :now AND fingerprint = :print) OR (#state = :running AND #owner = :owner)',
        ExpressionAttributeValues: {
          ':seconds': { N: String(Math.floor(nowMs / 1000)) },
          ':now': { N: String(nowMs) },
          ':running': { S: 'running' },
          ':print': { S: attempt.fingerprint },
          ':owner': { S: attempt.owner },
        },
      };
      for (let tries = 0; tries < MOST_TRIES; tries += 1) {
        if (await write('PutItem', mine)) return { outcome: 'claimed' };
        const claim = claimOf(await read(attempt.id), attempt, nowMs);
        if (claim !== undefined) return claim;
      }
      return { outcome: 'running' };
    },
    complete: (attempt, result) =>
      write('PutItem', {
        Item: { ...itemOf(attempt, 'done'), ...(result === undefined ? {} : { result: { S: result } }) },
        ConditionExpression: '#owner = :owner AND #state IN (:running, :done)',
        ExpressionAttributeValues: {
          ':owner': { S: attempt.owner },
          ':running': { S: 'running' },
          ':done': { S: 'done' },
        },
      }),
    async release({ id, owner }) {
      await write('DeleteItem', {
        Key: keyOf(id),
        ConditionExpression: '#owner = :owner AND #state = :running',
        ExpressionAttributeValues: { ':owner': { S: owner }, ':running': { S: 'running' } },
      });
    },
  };
}

/** What another attempt left; undefined if it is gone meanwhile, or no longer valid. */
function claimOf(item: Item | undefined, { fingerprint }: Attempt, nowMs: number): Claim | undefined {
  if (item === undefined || Number(item['expires']?.N) * 1000 <= nowMs) return undefined;
  if (item['fingerprint']?.S !== fingerprint) return { outcome: 'other-request' };
  if (item['state']?.S === 'done') return { outcome: 'done', result: item['result']?.S };
  return Number(item['lockedUntil']?.N) > nowMs ? { outcome: 'running' } : undefined;
}

function itemOf({ id, owner, fingerprint, lockedUntil, expires }: Attempt, state: 'running' | 'done') {
  return {
    ...keyOf(id),
    owner: { S: owner },
    fingerprint: { S: fingerprint },
    state: { S: state },
    lockedUntil: { N: String(lockedUntil) },
    expires: { N: String(expires) },
  };
}

function keyOf(id: string) {
  return { id: { S: id } };
}
