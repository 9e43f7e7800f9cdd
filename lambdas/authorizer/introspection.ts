import type { IntrospectionIssuer } from '../../lib/definition/tokenIssuer.ts';
import { callHttp } from '../shared/callHttp.ts';
import { createHash } from '../shared/nodeCrypto.ts';
import { refreshingValue } from '../shared/refreshingValue.ts';
import { READING, withRetries } from '../shared/retry.ts';
import type { Secrets } from '../shared/secretsManager.ts';
import { dependency } from '../shared/trace/measure.ts';
import { checkClaimTypes } from './claims.ts';
import type { JwtPayload } from './jwt.ts';
import type { ProveOpaque } from './prover.ts';
import { AuthorizerFault, TokenRejected } from './reasons.ts';
import { ttlCache } from './ttlCache.ts';

/** A slower issuer counts as unreachable, because the authorizer has its own timeout. */
const LIMITS = { timeoutMs: 3_000, retries: 1 };
/** A rotated client secret is used after at most five minutes. */
const SECRET_AGE_MS = 300_000;
const SECRET_STALE_MS = 3_600_000;
const SECRET_PAUSE_MS = 1_000;
const ISSUER = { service: 'issuer', span: 'introspect token', attributes: { 'http.request.method': 'POST' } };

/**
 * Proves opaque tokens by introspection at their issuer (RFC 7662): an authenticated call (`client_secret_basic`, RFC 6749,
 * section 2.3.1), whose response is cached for a short time. `checkClaims` compares the `iss` of the response, if any.
 *
 * The returned function throws {@link TokenRejected} `token-inactive`, or `time-invalid` or `token-malformed` for claims of
 * other types than in RFC 7662, section 2.2; {@link AuthorizerFault} `introspection-unreachable` or `secret-unreachable`.
 */
export function introspectionProver(tokenIssuer: IntrospectionIssuer, secrets: Secrets): ProveOpaque {
  const { clientSecret, cacheSeconds } = tokenIssuer.introspection;
  const secret = refreshingValue(() => secrets.current(clientSecret), {
    maxAgeMs: SECRET_AGE_MS,
    staleMs: SECRET_STALE_MS,
    pauseMs: SECRET_PAUSE_MS,
  });
  const introspect = introspectionCall(tokenIssuer);
  const cache = ttlCache<Promise<JwtPayload | undefined>>(cacheSeconds * 1000);
  return async ({ compact }) => {
    const key = createHash('sha256').update(compact).digest('base64url');
    const cached = cache.get(key);
    const pending =
      cached ?? secret.get().then((value) => introspect(compact, value), unreachable('secret-unreachable'));
    if (cached === undefined) cache.set(key, pending);
    const claims = await pending.catch((error: unknown) => {
      cache.delete(key);
      throw error;
    });
    if (claims === undefined) throw new TokenRejected('token-inactive');
    checkClaimTypes(claims);
    return claims;
  };
}

/** Makes the call of the endpoint, which returns undefined for an inactive token. */
function introspectionCall({ issuer, introspection }: IntrospectionIssuer) {
  const { endpoint, clientId } = introspection;
  return async (token: string, secret: string): Promise<JwtPayload | undefined> => {
    const credentials = Buffer.from(`${formEncoded(clientId)}:${formEncoded(secret)}`).toString('base64');
    try {
      const body = String(new URLSearchParams({ token, token_type_hint: 'access_token' }));
      const headers = {
        accept: 'application/json',
        authorization: `Basic ${credentials}`,
        'content-type': 'application/x-www-form-urlencoded;charset=UTF-8',
      };
      const attempt = (signal: AbortSignal) => callHttp(endpoint, { method: 'POST', headers, body, signal });
      // Introspection changes nothing, so it is repeated after a reset of a connection that the instance reused.
      const response = await dependency(ISSUER, () => withRetries(LIMITS, attempt, READING));
      if (!response.ok) throw new Error(`the endpoint returned ${response.status}`);
      return claimsOf(JSON.parse(response.bytes.toString('utf8')), issuer);
    } catch (error) {
      return unreachable('introspection-unreachable')(error);
    }
  };
}

function unreachable(reason: 'secret-unreachable' | 'introspection-unreachable') {
  return (cause: unknown): never => {
    throw new AuthorizerFault(reason, cause);
  };
}

/** RFC 6749, section 2.3.1: both are form-encoded before they become the user and password of HTTP Basic. */
function formEncoded(value: string): string {
  return new URLSearchParams({ '': value }).toString().slice(1);
}

/** Throws if the response does not say whether the token is active (RFC 7662, section 2.2). */
function claimsOf(response: unknown, issuer: string): JwtPayload | undefined {
  if (typeof response !== 'object' || response === null) throw new TypeError('the response is not an object');
  const { active, ...claims } = response as Readonly<Record<string, unknown>>;
  if (active === false) return undefined;
  if (active !== true) throw new TypeError('the response does not follow RFC 7662');
  // The endpoint belongs to the issuer, and many omit the name.
  return { iss: issuer, ...claims } as JwtPayload;
}
