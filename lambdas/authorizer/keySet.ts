import { SimpleFetcher } from 'aws-jwt-verify/https';
import { assertIsJwks, type Jwk, type JwkWithKid } from 'aws-jwt-verify/jwk';
import type { WarmKeys } from '../../lib/definition/tokenIssuer.ts';
import { fitsAlgorithm } from './algorithms.ts';
import { AuthorizerFault, TokenRejected } from './reasons.ts';
import { type RefreshingValue, type RefreshOptions, refreshingValue } from './refreshingValue.ts';

/** Keys are reloaded after at most ten minutes, so that a key withdrawn by the issuer stops working. */
export const MAX_AGE_MS = 600_000;
/** From this age on, keys are reloaded in the background, so that requests do not wait for the issuer. */
export const REFRESH_MS = 480_000;
/** While the issuer is unreachable, cached keys work for an hour, unless `staleSeconds` is set. */
const STALE_MS = 3_600_000;
/** Unknown key ids cause at most one request to the issuer in this time; in between they are rejected at once. */
export const PAUSE_MS = 10_000;
/** Of one attempt; the fetcher makes two. Both fit into the authorizer's timeout. */
const RESPONSE_TIMEOUT_MS = 2_000;

type Header = { readonly alg?: string; readonly kid?: string };

/** The published keys of one issuer. */
export interface KeySet {
  /**
   * The key that a header names. Without a `kid`, it is the only key of the issuer.
   *
   * @throws {TokenRejected} `key-id-missing`, `key-unknown` or `key-unfit`.
   * @throws {AuthorizerFault} `keys-unreachable`.
   */
  keyFor(header: Header): Promise<JwkWithKid>;
  /** Reloads the keys, unless that was just done, then works like {@link keyFor}. */
  newKeyFor(header: Header): Promise<JwkWithKid>;
}

/** How keys are cached. */
export interface KeySetOptions {
  /** Maximum age of cached keys while the issuer is unreachable. */
  readonly staleSeconds?: number;
  /** Keys that were read at synth: used as if this instance had read them then. */
  readonly warm?: WarmKeys;
}

/**
 * Caches the JSON Web Key Set (RFC 7517) of an issuer, with one fetch at a time. An unknown key id never waits for a second
 * one.
 */
export function keySetAt(jwksUri: string, { staleSeconds, warm }: KeySetOptions = {}): KeySet {
  const fetcher = new SimpleFetcher({ defaultRequestOptions: { responseTimeout: RESPONSE_TIMEOUT_MS } });
  const keys = refreshingValue(async () => parseKeys(await fetcher.fetch(jwksUri)), {
    refreshMs: REFRESH_MS,
    maxAgeMs: MAX_AGE_MS,
    staleMs: staleSeconds === undefined ? STALE_MS : staleSeconds * 1000,
    pauseMs: PAUSE_MS,
    initial: warm && initialOf(warm),
  });
  return {
    async keyFor(header) {
      return find(await readKeys(keys, 'get'), header) ?? this.newKeyFor(header);
    },
    async newKeyFor(header) {
      const found = find(await readKeys(keys, 'renew'), header);
      if (found === undefined) throw new TokenRejected('key-unknown');
      return found;
    },
  };
}

/** Ignores keys whose read time is in the future, because they would not be reloaded in time. */
function initialOf(warm: WarmKeys): RefreshOptions<readonly JwkWithKid[]>['initial'] {
  const at = Date.parse(warm.readAt);
  return at <= Date.now() ? { value: keysOf(warm), at } : undefined;
}

/** @returns undefined if no key has this id; the issuer could have added one since. */
function find(keys: readonly JwkWithKid[], { alg = '', kid }: Header): JwkWithKid | undefined {
  // Keys for encryption are often published with those for signatures.
  const named = kid === undefined ? keys.filter(({ use }) => use !== 'enc') : keys.filter((key) => key.kid === kid);
  if (kid === undefined && named.length > 1) throw new TokenRejected('key-id-missing');
  const fit = named.find((key) => fitsAlgorithm(alg, key));
  if (fit === undefined && named.length > 0) throw new TokenRejected('key-unfit');
  return fit;
}

/** A failure to read keys is an error on our side, not a fault of the token. */
async function readKeys(
  keys: RefreshingValue<readonly JwkWithKid[]>,
  how: 'get' | 'renew',
): Promise<readonly JwkWithKid[]> {
  try {
    return await keys[how]();
  } catch (cause) {
    throw new AuthorizerFault('keys-unreachable', cause);
  }
}

function parseKeys(bytes: ArrayBuffer): readonly JwkWithKid[] {
  return keysOf(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
}

function keysOf(set: unknown): readonly JwkWithKid[] {
  const jwks: Parameters<typeof assertIsJwks>[0] = Object(set);
  assertIsJwks(jwks);
  return jwks.keys.map((key: Jwk) => ({ ...key, kid: key.kid ?? '' }));
}
