import { SimpleFetcher } from 'aws-jwt-verify/https';
import { assertIsJwks, findJwkInJwks, type Jwks, type JwksCache } from 'aws-jwt-verify/jwk';
import { AuthorizerFault, TokenRefused } from './reasons.ts';
import { type Refreshed, refreshed } from './refreshed.ts';

/** Keys are read again after ten minutes, so that a key withdrawn by the issuer stops working. */
const MAX_AGE_MS = 600_000;
/** With the issuer out of reach, known keys work for an hour. */
const STALE_MS = 3_600_000;
/** Unknown key ids cause at most one request to the issuer in this time; until then they are refused at once. */
const PAUSE_MS = 10_000;
/** One attempt; the fetcher makes two. Both fit the authorizer's time. */
const RESPONSE_TIMEOUT_MS = 2_000;

/**
 * Keeps the JSON Web Key Set (RFC 7517) of one issuer for `aws-jwt-verify`, whose own cache never forgets a key.
 * One fetch at a time; an unknown key id never waits.
 *
 * @param onFetched told of each set, so that keys made from an earlier one can be dropped.
 */
export function jwksCache(jwksUri: string, onFetched: (jwks: Jwks) => void): JwksCache {
  const fetcher = new SimpleFetcher({ defaultRequestOptions: { responseTimeout: RESPONSE_TIMEOUT_MS } });
  const load = async (): Promise<Jwks> => {
    const jwks = parseJwks(await fetcher.fetch(jwksUri));
    onFetched(jwks);
    return jwks;
  };
  const kept = refreshed(load, { maxAgeMs: MAX_AGE_MS, staleMs: STALE_MS, pauseMs: PAUSE_MS });

  return {
    async getJwk(_uri, { header }) {
      const { kid } = header;
      if (typeof kid !== 'string') throw new TokenRefused('key-id-missing');
      const jwk = findJwkInJwks(await reach(kept, 'get'), kid) ?? findJwkInJwks(await reach(kept, 'renew'), kid);
      if (jwk === undefined) throw new TokenRefused('key-unknown');
      return jwk;
    },
    getJwks: () => reach(kept, 'get'),
    getCachedJwk() {
      throw new AuthorizerFault('internal');
    },
    addJwks() {},
  };
}

/** Whatever goes wrong while reading keys is our trouble, not a fault of the token. */
async function reach(kept: Refreshed<Jwks>, how: 'get' | 'renew'): Promise<Jwks> {
  try {
    return await kept[how]();
  } catch (cause) {
    throw new AuthorizerFault('keys-unreachable', cause);
  }
}

function parseJwks(bytes: ArrayBuffer): Jwks {
  const jwks = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  assertIsJwks(jwks);
  return jwks;
}
