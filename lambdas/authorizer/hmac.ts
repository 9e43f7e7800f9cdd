import { JWSSignatureVerificationFailed } from 'jose/errors';
import { compactVerify } from 'jose/jws/compact/verify';
import type { HmacIssuer } from '../../lib/definition/tokenIssuer.ts';
import type { Prove } from './prover.ts';
import { AuthorizerFault, TokenRejected } from './reasons.ts';
import { refreshingValue } from './refreshingValue.ts';
import type { Secrets } from './secretsManager.ts';
import { checkTokenHeader } from './tokenHeader.ts';

/** The one symmetric algorithm. */
const ALGORITHMS = ['HS256'];
/** RFC 7518, section 3.2: a key of at least the size of the hash. */
const SHORTEST_KEY_BYTES = 32;
/** A secret that was rotated away twice stops working after five minutes at the latest. */
const MAX_AGE_MS = 300_000;
/** Known secrets work for an hour while Secrets Manager is out of reach. */
const STALE_MS = 3_600_000;
/** Wrong signatures cause at most one look for a newer secret in this time. */
const PAUSE_MS = 10_000;

/**
 * Proves tokens by a shared secret: HS256 (RFC 7518, section 3.2) under the current version of the secret or the one before,
 * so that a rotation refuses nobody. The key is the text of the secret in UTF-8.
 *
 * The made function throws {@link AuthorizerFault} `secret-unreachable`, or `configuration-invalid` for a key of less than
 * 256 bits.
 */
export function hmacProver(source: HmacIssuer, secrets: Secrets): Prove {
  const { current, previous } = secrets;
  const load = async () => keysOf(await Promise.all([current(source.hmacSecret), previous(source.hmacSecret)]));
  const kept = refreshingValue(load, { maxAgeMs: MAX_AGE_MS, staleMs: STALE_MS, pauseMs: PAUSE_MS });
  const reach = (how: 'get' | 'renew') =>
    kept[how]().catch((cause: unknown) => {
      throw new AuthorizerFault('secret-unreachable', cause);
    });
  return async ({ compact, header, payload }) => {
    checkTokenHeader(header, ALGORITHMS, source);
    const isGood = (await isSigned(compact, await reach('get'))) || (await isSigned(compact, await reach('renew')));
    if (!isGood) throw new TokenRejected('signature-invalid');
    return payload;
  };
}

/** Without the previous one where that is too short: it may have been a text to be replaced. */
function keysOf(strings: readonly (string | undefined)[]): readonly Uint8Array[] {
  const [current, ...others] = strings.map((text) => new TextEncoder().encode(text));
  return current === undefined ? [] : [current, ...others.filter(isLong)];
}

function isLong(key: Uint8Array): boolean {
  return key.length >= SHORTEST_KEY_BYTES;
}

async function isSigned(compact: string, keys: readonly Uint8Array[]): Promise<boolean> {
  if (!keys.every(isLong)) {
    throw new AuthorizerFault('configuration-invalid', new Error('the HMAC secret has less than 256 bits'));
  }
  for (const key of keys) {
    try {
      await compactVerify(compact, key, { algorithms: ALGORITHMS });
      return true;
    } catch (error) {
      if (!(error instanceof JWSSignatureVerificationFailed)) throw new AuthorizerFault('internal', error);
    }
  }
  return false;
}
