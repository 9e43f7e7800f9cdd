import type { TokenIssuer } from '../../definition/tokenIssuer.ts';
import { invalid } from '../invalid.ts';

/** A cached allow outlives the token, so it has to be short. */
const DEFAULT_CACHE_SECONDS = 60;

/** Whether the sources together know tokens that are bound to a key, and whether they know others. */
export function dpopOf(sources: readonly TokenIssuer[]): 'optional' | 'required' | undefined {
  if (sources.every(({ dpop }) => dpop === undefined)) return undefined;
  return sources.every(({ dpop }) => dpop === 'required') ? 'required' : 'optional';
}

/**
 * Seconds that the gateway remembers a decision. It does so by the token, and a proof of possession is for one request: a
 * remembered decision would let whoever has the token in without one. So bound tokens are decided each time.
 *
 * @throws {ConfigError} `option-invalid` when both are asked for.
 */
export function authorizerCache(asked: number | undefined, sources: readonly TokenIssuer[]): number {
  if (dpopOf(sources) === undefined) return asked ?? DEFAULT_CACHE_SECONDS;
  if (asked === undefined || asked === 0) return 0;
  throw invalid({
    location: 'authorizerCacheSeconds',
    found: `${asked} with an identity that knows bound tokens (dpop)`,
    expected: '0, or nothing',
    fix: 'A remembered decision would skip the proof: leave the prop out.',
  });
}
