import type { RevocationSettings } from '../../lib/definition/tokenIssuer.ts';
import { type AwsCall, awsCall } from '../shared/aws.ts';
import type { AuthorizerEnvironment, Readable } from '../shared/wireContract.ts';
import { clientOf } from './claims.ts';
import { AuthorizerFault, TokenRejected } from './reasons.ts';
import { ttlCache } from './ttlCache.ts';
import type { VerifiedToken } from './verify.ts';

/** Bytes of a value that can be in the list; DynamoDB's keys have 2,048 at most. */
const MAX_VALUE_BYTES = 1024;

/**
 * Refuses tokens that are on the deny list: by `jti`, by `sub` or by client. Each is an item of the table, `id` being
 * `jti#…`, `sub#…` or `client#…` and `expires` the epoch second at which it ends. Answers are kept for a few seconds, so a
 * revocation takes effect after those and after what the gateway itself remembers.
 *
 * The made function throws {@link TokenRejected} `token-revoked`, and {@link AuthorizerFault} `revocations-unreachable`
 * unless the settings say that tokens are accepted then. Without the setting nothing is asked.
 */
export function revocationList(environment: Readable<AuthorizerEnvironment>): (token: VerifiedToken) => Promise<void> {
  const settings = settingsOf(environment.SECURE_API_REVOCATIONS);
  if (settings === undefined) return async () => {};
  const call = awsCall(environment, 'dynamodb');
  const known = ttlCache<boolean>(settings.cacheSeconds * 1000);
  return async (token) => {
    const ids = idsOf(token);
    const unknown = ids.filter((id) => known.get(id) === undefined);
    const listed = unknown.length === 0 ? new Set<string>() : await read(call, settings, unknown);
    // Kept only when the table was asked; `undefined` stands for a table out of reach.
    for (const id of listed === undefined ? [] : unknown) known.set(id, listed?.has(id) === true);
    if (ids.some((id) => listed?.has(id) || known.get(id))) throw new TokenRejected('token-revoked');
  };
}

function idsOf({ claims, source }: VerifiedToken): readonly string[] {
  const values = { jti: claims.jti, sub: claims.sub, client: clientOf(claims, source) };
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== '' && Buffer.byteLength(value) <= MAX_VALUE_BYTES)
    .map(([kind, value]) => `${kind}#${value}`);
}

/** Those of the ids that are on the list now; undefined where the table is out of reach and that is to be accepted. */
async function read(
  call: AwsCall,
  { table, whenUnreachable }: RevocationSettings,
  ids: readonly string[],
): Promise<ReadonlySet<string> | undefined> {
  try {
    const Keys = ids.map((id) => ({ id: { S: id } }));
    const answer = (await call('BatchGetItem', { RequestItems: { [table]: { Keys } } })) as BatchAnswer;
    if (Object.keys(answer.UnprocessedKeys ?? {}).length > 0)
      throw new Error('the table has not answered for all keys');
    const now = Date.now() / 1000;
    const items = answer.Responses?.[table] ?? [];
    // DynamoDB deletes expired items within days, so their end counts, not their being there.
    return new Set(items.filter(({ expires }) => Number(expires?.N) > now).map(({ id }) => id?.S ?? ''));
  } catch (error) {
    if (whenUnreachable === 'accept') return undefined;
    throw new AuthorizerFault('revocations-unreachable', error);
  }
}

interface BatchAnswer {
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
  readonly UnprocessedKeys?: Readonly<Record<string, unknown>>;
}

interface Item {
  readonly id?: { readonly S?: string };
  readonly expires?: { readonly N?: string };
}

function settingsOf(text: string | undefined): RevocationSettings | undefined {
  if (text === undefined || text === '') return undefined;
  const wrong = new AuthorizerFault('configuration-invalid', new Error('SECURE_API_REVOCATIONS is invalid'));
  try {
    const settings = JSON.parse(text) as RevocationSettings;
    const { table, cacheSeconds, whenUnreachable } = settings;
    const isPolicy = whenUnreachable === 'reject' || whenUnreachable === 'accept';
    if (typeof table === 'string' && table !== '' && Number.isInteger(cacheSeconds) && isPolicy) return settings;
  } catch {
    throw wrong;
  }
  throw wrong;
}
