import { createHash } from 'node:crypto';
import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import type { IntrospectionIssuer } from '../../lib/definition/tokenIssuer.ts';
import type { ProveOpaque } from './prover.ts';
import { AuthorizerFault, TokenRejected } from './reasons.ts';
import { refreshingValue } from './refreshingValue.ts';
import type { Secrets } from './secretsManager.ts';
import { ttlCache } from './ttlCache.ts';

/** An issuer that is slower is down; what the authorizer does beside it has to fit its time, too. */
const TIMEOUT_MS = 3_000;
/** A rotated client secret is used after five minutes at the latest. */
const SECRET_AGE_MS = 300_000;
const SECRET_STALE_MS = 3_600_000;
const SECRET_PAUSE_MS = 1_000;

/**
 * Proves opaque tokens by asking their issuer (RFC 7662): an authenticated call (`client_secret_basic`, RFC 6749, section
 * 2.3.1), whose answer is kept for a short while. The answer's `iss`, if any, is compared by the checks of all claims.
 *
 * The made function throws {@link TokenRejected} `token-inactive`; {@link AuthorizerFault} `introspection-unreachable` or
 * `secret-unreachable`.
 */
export function introspectionProver(source: IntrospectionIssuer, secrets: Secrets): ProveOpaque {
  const { clientSecret, cacheSeconds } = source.introspection;
  const secret = refreshingValue(() => secrets.current(clientSecret), {
    maxAgeMs: SECRET_AGE_MS,
    staleMs: SECRET_STALE_MS,
    pauseMs: SECRET_PAUSE_MS,
  });
  const ask = asker(source);
  const answers = ttlCache<Promise<JwtPayload | undefined>>(cacheSeconds * 1000);
  return async ({ compact }) => {
    const key = createHash('sha256').update(compact).digest('base64url');
    const known = answers.get(key);
    const asked = known ?? secret.get().then((text) => ask(compact, text), unreachable('secret-unreachable'));
    if (known === undefined) answers.set(key, asked);
    const claims = await asked.catch((error: unknown) => {
      answers.delete(key);
      throw error;
    });
    if (claims === undefined) throw new TokenRejected('token-inactive');
    return claims;
  };
}

/** Asks the endpoint; undefined for a token that is not active. */
function asker({ issuer, introspection }: IntrospectionIssuer) {
  const { endpoint, clientId } = introspection;
  return async (token: string, secret: string): Promise<JwtPayload | undefined> => {
    const credentials = Buffer.from(`${formEncoded(clientId)}:${formEncoded(secret)}`).toString('base64');
    try {
      const response = await fetch(endpoint, {
        method: 'POST',
        headers: { accept: 'application/json', authorization: `Basic ${credentials}` },
        body: new URLSearchParams({ token, token_type_hint: 'access_token' }),
        // Elsewhere, the secret would be handed to whoever the endpoint names.
        redirect: 'error',
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      if (!response.ok) throw new Error(`the endpoint answered ${response.status}`);
      return claimsOf(await response.json(), issuer);
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
function formEncoded(text: string): string {
  return new URLSearchParams({ '': text }).toString().slice(1);
}

/** An answer whose members have other types than RFC 7662, section 2.2, says is no answer. */
function claimsOf(answer: unknown, issuer: string): JwtPayload | undefined {
  if (typeof answer !== 'object' || answer === null) throw new TypeError('the answer is no object');
  const { active, ...claims } = answer as Readonly<Record<string, unknown>>;
  if (active === false) return undefined;
  const areNumbers = ['exp', 'iat', 'nbf'].every((name) => ['undefined', 'number'].includes(typeof claims[name]));
  if (active !== true || !areNumbers) throw new TypeError('the answer is not one of RFC 7662');
  // The endpoint is the issuer's own; many do not repeat the name.
  return { iss: issuer, ...claims } as JwtPayload;
}
