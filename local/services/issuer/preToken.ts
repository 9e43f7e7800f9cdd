/** The holder of a token of a user pool, as the pool's trigger receives it. */
export interface PreTokenRequest {
  readonly userPool: string;
  readonly clientId: string;
  /** Undefined for a machine. */
  readonly username: string | undefined;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
}

/**
 * What a pre token generation trigger changes of an access token.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html
 */
export interface AccessTokenChange {
  readonly claimsToAddOrOverride?: Readonly<Record<string, unknown>>;
  readonly claimsToSuppress?: readonly string[];
  readonly scopesToAdd?: readonly string[];
  readonly scopesToSuppress?: readonly string[];
}

/** Runs the trigger of a user pool; returns undefined when it has none for this kind of token. */
export type PreToken = (request: PreTokenRequest) => Promise<AccessTokenChange | undefined>;

/** Claims that no trigger can change (the same page, "claims and scopes override"). */
const FIXED_CLAIMS: readonly string[] = [
  ...['acr', 'amr', 'at_hash', 'aud', 'auth_time', 'azp', 'client_id', 'device_key', 'event_id', 'exp', 'iat', 'iss'],
  ...['jti', 'nbf', 'nonce', 'origin_jti', 'scope', 'sub', 'token_use', 'username', 'version'],
];

/** The claims of an access token with what a trigger changed of them. */
export function changedClaims(
  claims: Readonly<Record<string, unknown>>,
  change: AccessTokenChange,
): Readonly<Record<string, unknown>> {
  const { claimsToAddOrOverride = {}, claimsToSuppress = [], scopesToAdd = [], scopesToSuppress = [] } = change;
  const isOpen = (name: string) => !FIXED_CLAIMS.includes(name);
  const added = Object.entries(claimsToAddOrOverride).filter(([name]) => isOpen(name));
  const kept = Object.entries(claims).filter(([name]) => !(isOpen(name) && claimsToSuppress.includes(name)));
  const scopes = String(claims['scope'] ?? '').split(' ');
  const left = [...scopes, ...scopesToAdd].filter((scope) => scope !== '' && !scopesToSuppress.includes(scope));
  return { ...Object.fromEntries([...kept, ...added]), scope: left.length === 0 ? undefined : left.join(' ') };
}
