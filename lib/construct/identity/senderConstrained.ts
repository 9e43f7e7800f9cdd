import { bindsToKeys } from '../../../lambdas/shared/bindsToKeys.ts';
import type { TokenIssuer } from '../../definition/tokenIssuer.ts';
import { invalid } from '../invalid.ts';

/** Short, because a cached decision outlives the token. */
const DEFAULT_CACHE_SECONDS = 60;

/** Whether the issuers together bind tokens to keys, and whether some also accept bearer tokens. */
export function dpopOf(sources: readonly TokenIssuer[]): 'optional' | 'required' | undefined {
  if (!sources.some(bindsToKeys)) return undefined;
  return sources.every(({ dpop }) => dpop === 'required') ? 'required' : 'optional';
}

/**
 * Seconds that the gateway caches a decision. The token is the cache key, and a proof of possession is valid for one
 * request: with a cached decision, a stolen token would be accepted without a proof. So decisions on bound tokens are not
 * cached. Neither are decisions on client certificates, which are not in the cache key either.
 *
 * @throws {ConfigError} `option-invalid` when a cache and bound tokens are combined.
 */
export function authorizerCache(
  seconds: number | undefined,
  sources: readonly TokenIssuer[],
  hasCertificates: boolean,
): number {
  if (hasCertificates) return 0;
  if (dpopOf(sources) === undefined) return seconds ?? DEFAULT_CACHE_SECONDS;
  if (seconds === undefined || seconds === 0) return 0;
  throw invalid({
    location: 'authorizerCacheSeconds',
    found: `${seconds} with an identity that accepts bound tokens (dpop)`,
    expected: '0, or nothing',
    fix: 'A cached decision would skip the proof: leave the prop out.',
  });
}
