import { awsCall, isConditionFailure } from '../../shared/aws.ts';
import type { CallLimits } from '../../shared/retry.ts';
import type { HandlerEnvironment, Readable } from '../../shared/wireContract.ts';
import { WebhookFault } from './reasons.ts';

/** A delivery that handles a message. Times are epoch seconds. */
export interface Claim {
  /** The same for all deliveries of a message. */
  readonly key: string;
  /** Unique to this delivery. */
  readonly owner: string;
  /** Until then the delivery can be at work; later its function has ended. */
  readonly lease: number;
  /** Until then the message is remembered. */
  readonly expires: number;
}

/** What is known of a message that another delivery has claimed. */
export type ClaimResult =
  | { readonly outcome: 'claimed' }
  | { readonly outcome: 'handled'; readonly status: number }
  | { readonly outcome: 'in-progress'; readonly until: number };

/** Which messages are being handled, and which are. Its functions throw {@link WebhookFault} `messages-unreachable`. */
export interface MessageStore {
  /** Claims a message that no other delivery handles or has handled. */
  claim(claim: Claim): Promise<ClaimResult>;
  /** Records that the message is handled, unless another delivery has taken it over. */
  complete(claim: Claim, status: number): Promise<void>;
  /** Gives a message up that is not handled, so that the next delivery handles it. */
  release(claim: Claim): Promise<void>;
}

const HANDLED = 'handled';
const CLAIMED = 'claimed';
/** Of a message that is claimed again at this moment. */
const SHORTEST_WAIT = 1;

/**
 * Keeps one item for each message in the table that `SECURE_API_MESSAGES_TABLE` names. All writes are conditional, and the same
 * when they are repeated after a lost response: they compare the owner.
 */
export function messageStore(environment: Readable<HandlerEnvironment>, limits?: CallLimits): MessageStore {
  const call = awsCall(environment, 'dynamodb', limits);
  const TableName = environment.SECURE_API_MESSAGES_TABLE;
  const run = async (operation: string, input: Readonly<Record<string, unknown>>) => {
    try {
      if (!TableName) throw new Error('SECURE_API_MESSAGES_TABLE is not set');
      return await call(operation, { TableName, ...input });
    } catch (error) {
      if (isConditionFailure(error)) return undefined;
      throw new WebhookFault('messages-unreachable', error);
    }
  };
  return {
    async claim(claim) {
      const now = epochSeconds();
      const item = itemOf(claim, { state: { S: CLAIMED }, lease: number(claim.lease) });
      const written = await run('PutItem', {
        Item: item,
        ConditionExpression:
          'attribute_not_exists(id) OR #expires <= :now OR (#state = :claimed AND #lease <= :now) OR #owner = :owner',
        ExpressionAttributeNames: { '#expires': 'expires', '#state': 'state', '#lease': 'lease', '#owner': 'owner' },
        ExpressionAttributeValues: { ':now': number(now), ':claimed': { S: CLAIMED }, ':owner': { S: claim.owner } },
      });
      if (written !== undefined) return { outcome: 'claimed' };
      const known = await run('GetItem', { Key: { id: { S: claim.key } }, ConsistentRead: true });
      return resultOf(known?.['Item'] as Item | undefined, now);
    },
    async complete(claim, status) {
      const item = itemOf(claim, { state: { S: HANDLED }, status: number(status) });
      await run('PutItem', {
        Item: item,
        ConditionExpression: '#owner = :owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
        ExpressionAttributeValues: { ':owner': { S: claim.owner } },
      });
    },
    async release({ key, owner }) {
      await run('DeleteItem', {
        Key: { id: { S: key } },
        ConditionExpression: '#owner = :owner AND #state = :claimed',
        ExpressionAttributeNames: { '#owner': 'owner', '#state': 'state' },
        ExpressionAttributeValues: { ':owner': { S: owner }, ':claimed': { S: CLAIMED } },
      });
    },
  };
}

/** The current time as items have it. */
export function epochSeconds(): number {
  return Math.floor(Date.now() / 1000);
}

/** An item as DynamoDB returns it. */
interface Item {
  readonly state?: { readonly S?: string };
  readonly status?: { readonly N?: string };
  readonly lease?: { readonly N?: string };
}

function itemOf({ key, owner, expires }: Claim, more: object): object {
  return { id: { S: key }, owner: { S: owner }, expires: number(expires), ...more };
}

function number(value: number): { readonly N: string } {
  return { N: String(value) };
}

/** An item that is gone again was released at this moment: the next delivery handles the message. */
function resultOf(item: Item | undefined, now: number): ClaimResult {
  if (item?.state?.S === HANDLED) return { outcome: 'handled', status: Number(item.status?.N) };
  return { outcome: 'in-progress', until: Math.max(now + SHORTEST_WAIT, Number(item?.lease?.N ?? 0)) };
}
