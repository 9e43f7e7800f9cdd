import { SimpleFetcher } from 'aws-jwt-verify/https';
import { assertIsJwks, type Jwk, type JwkWithKid } from 'aws-jwt-verify/jwk';
import type { WarmKeys } from '../../lib/definition/tokenIssuer.ts';
import { fitsAlgorithm } from './algorithms.ts';
import { AuthorizerFault, TokenRejected } from './reasons.ts';
import { type RefreshingValue, type RefreshOptions, refreshingValue } from './refreshingValue.ts';

/** Keys are read again after ten minutes at the latest, so that a key withdrawn by the issuer stops working. */
export const MAX_AGE_MS = 600_000;
/** From this age on they are read in the background, so that nobody waits for the issuer while requests flow. */
export const REFRESH_MS = 480_000;
/** With the issuer out of reach, known keys work for an hour; a source may say otherwise. */
const STALE_MS = 3_600_000;
/** Unknown key ids cause at most one request to the issuer in this time; until then they are refused at once. */
export const PAUSE_MS = 10_000;
/** One attempt; the fetcher makes two. Both fit the authorizer's time. */
const RESPONSE_TIMEOUT_MS = 2_000;

type Header = { readonly alg?: string; readonly kid?: string };

/** The published keys of one issuer. */
export interface KeySet {
  /**
   * The key that a header names. Without a `kid` it is the only key, if there is just one.
   *
   * @throws {TokenRejected} `key-id-missing`, `key-unknown` or `key-unfit`.
   * @throws {AuthorizerFault} `keys-unreachable`.
   */
  keyFor(header: Header): Promise<JwkWithKid>;
  /** Reads the keys again, unless that was just done; then {@link keyFor}. */
  newKeyFor(header: Header): Promise<JwkWithKid>;
}

/** What a key set is read with. */
export interface KeySetOptions {
  /** How old keys may become while the issuer is out of reach. */
  readonly staleSeconds?: number;
  /** Keys that were read at synth: used as if this instance had read them then. */
  readonly warm?: WarmKeys;
}

/** Keeps the JSON Web Key Set (RFC 7517) of an issuer. One fetch at a time; an unknown key id never waits for a second one. */
export function keySetAt(jwksUri: string, { staleSeconds, warm }: KeySetOptions = {}): KeySet {
  const fetcher = new SimpleFetcher({ defaultRequestOptions: { responseTimeout: RESPONSE_TIMEOUT_MS } });
  const kept = refreshingValue(async () => parseKeys(await fetcher.fetch(jwksUri)), {
    refreshMs: REFRESH_MS,
    maxAgeMs: MAX_AGE_MS,
    staleMs: staleSeconds === undefined ? STALE_MS : staleSeconds * 1000,
    pauseMs: PAUSE_MS,
    initial: warm && initialOf(warm),
  });
  return {
    async keyFor(header) {
      return find(await reach(kept, 'get'), header) ?? this.newKeyFor(header);
    },
    async newKeyFor(header) {
      const found = find(await reach(kept, 'renew'), header);
      if (found === undefined) throw new TokenRejected('key-unknown');
      return found;
    },
  };
}

/** Keys that claim to be read in time to come would never be read again, so they are not taken. */
function initialOf(warm: WarmKeys): RefreshOptions<readonly JwkWithKid[]>['initial'] {
  const at = Date.parse(warm.readAt);
  return at <= Date.now() ? { value: keysOf(warm), at } : undefined;
}

/** @returns nothing where no key has this id; the issuer may have added one since. */
function find(keys: readonly JwkWithKid[], { alg = '', kid }: Header): JwkWithKid | undefined {
  // Keys for encryption are often published beside those for signatures.
  const named = kid === undefined ? keys.filter(({ use }) => use !== 'enc') : keys.filter((key) => key.kid === kid);
  if (kid === undefined && named.length > 1) throw new TokenRejected('key-id-missing');
  const fit = named.find((key) => fitsAlgorithm(alg, key));
  if (fit === undefined && named.length > 0) throw new TokenRejected('key-unfit');
  return fit;
}

/** Whatever goes wrong while reading keys is our trouble, not a fault of the token. */
async function reach(
  kept: RefreshingValue<readonly JwkWithKid[]>,
  how: 'get' | 'renew',
): Promise<readonly JwkWithKid[]> {
  try {
    return await kept[how]();
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
