import type { RevocationSettings } from '../../lib/definition/tokenIssuer.ts';
import { type AwsCall, awsCall } from '../shared/aws.ts';
import { type RevocationKind, revocationKey } from '../shared/tableKeys.ts';
import type { AuthorizerEnvironment, Readable } from '../shared/wireContract.ts';
import { clientOf } from './claims.ts';
import { AuthorizerFault, TokenRejected } from './reasons.ts';
import { ttlCache } from './ttlCache.ts';
import type { VerifiedToken } from './verifiedToken.ts';

/**
 * Rejects tokens that are on the deny list by `jti`, `sub` or client, and tokens that could not be on it. Lookups are cached
 * for a few seconds, so a revocation takes effect after that time plus the time that the gateway caches a decision.
 *
 * The returned function throws {@link TokenRejected} `token-revoked` or `identifier-invalid`, and {@link AuthorizerFault}
 * `revocations-unreachable` unless the settings accept tokens in that case. Without the setting, there is no lookup.
 */
export function revocationList(
  environment: Readable<AuthorizerEnvironment>,
): (token: VerifiedToken) => Promise<void> | undefined {
  const settings = settingsOf(environment.SECURE_API_REVOCATIONS);
  if (settings === undefined) return () => undefined;
  const call = awsCall(environment, 'dynamodb');
  const known = ttlCache<boolean>(settings.cacheSeconds * 1000);
  const lookUp = async (ids: readonly string[], isListed: boolean) => {
    const listed = await read(call, settings, ids);
    // Cached only after a lookup; `undefined` means that the table is unreachable.
    for (const id of listed === undefined ? [] : ids) known.set(id, listed?.has(id) === true);
    if (isListed || ids.some((id) => listed?.has(id))) throw new TokenRejected('token-revoked');
  };
  return (token) => {
    const ids = idsOf(token);
    // Read once: an entry that ends during the lookup of another one still counts for this token.
    const cached = ids.map((id) => known.get(id));
    const isListed = cached.includes(true);
    if (cached.includes(undefined)) {
      const unknown = ids.filter((_, position) => cached[position] === undefined);
      return lookUp(unknown, isListed);
    }
    if (isListed) throw new TokenRejected('token-revoked');
    return undefined;
  };
}

/** Computed once for a token that is kept. */
function idsOf(token: VerifiedToken): readonly string[] {
  const { findings } = token;
  const ids = findings?.revocationIds ?? revocationIdsOf(token);
  if (findings !== undefined) findings.revocationIds = ids;
  return ids;
}

/** The keys of a token. A claim that is missing or empty identifies nothing; any other must be revocable. */
function revocationIdsOf({ claims, tokenIssuer }: VerifiedToken): readonly string[] {
  const values: Readonly<Record<RevocationKind, unknown>> = {
    jti: claims.jti,
    sub: claims.sub,
    client: clientOf(claims, tokenIssuer),
  };
  return Object.entries(values)
    .filter(([, value]) => value !== undefined && value !== '')
    .map(([kind, value]) => {
      const key = revocationKey(kind as RevocationKind, value);
      if (key === undefined) throw new TokenRejected('identifier-invalid');
      return key;
    });
}

/** The ids that are on the list now; undefined if the table is unreachable and the settings accept tokens then. */
async function read(
  call: AwsCall,
  { table, whenUnreachable }: RevocationSettings,
  ids: readonly string[],
): Promise<ReadonlySet<string> | undefined> {
  try {
    const Keys = ids.map((id) => ({ id: { S: id } }));
    const response = (await call('BatchGetItem', { RequestItems: { [table]: { Keys } } })) as BatchResponse;
    if (Object.keys(response.UnprocessedKeys ?? {}).length > 0) throw new Error('the table did not return all keys');
    const now = Date.now() / 1000;
    const items = response.Responses?.[table] ?? [];
    // DynamoDB deletes expired items within days, so their expiry counts, not their presence.
    return new Set(items.filter(({ expires }) => Number(expires?.N) > now).map(({ id }) => id?.S ?? ''));
  } catch (error) {
    if (whenUnreachable === 'accept') return undefined;
    throw new AuthorizerFault('revocations-unreachable', error);
  }
}

interface BatchResponse {
  readonly Responses?: Readonly<Record<string, readonly Item[]>>;
  readonly UnprocessedKeys?: Readonly<Record<string, unknown>>;
}

interface Item {
  readonly id?: { readonly S?: string };
  readonly expires?: { readonly N?: string };
}

function settingsOf(json: string | undefined): RevocationSettings | undefined {
  if (json === undefined || json === '') return undefined;
  const wrong = new AuthorizerFault('configuration-invalid', new Error('SECURE_API_REVOCATIONS is invalid'));
  try {
    const settings = JSON.parse(json) as RevocationSettings;
    const { table, cacheSeconds, whenUnreachable } = settings;
    const isPolicy = whenUnreachable === 'reject' || whenUnreachable === 'accept';
    if (typeof table === 'string' && table !== '' && Number.isInteger(cacheSeconds) && isPolicy) return settings;
  } catch {
    throw wrong;
  }
  throw wrong;
}
