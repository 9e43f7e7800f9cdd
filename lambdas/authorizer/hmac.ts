import type { HmacIssuer } from '../../lib/definition/tokenIssuer.ts';
import { createHmac, timingSafeEqual } from '../shared/nodeCrypto.ts';
import { refreshingValue } from '../shared/refreshingValue.ts';
import type { Secrets } from '../shared/secretsManager.ts';
import type { Prove } from './prover.ts';
import { AuthorizerFault, TokenRejected } from './reasons.ts';
import { checkTokenHeader } from './tokenHeader.ts';

/** The only symmetric algorithm. */
const ALGORITHMS = ['HS256'];
/** RFC 7518, section 3.2: a key of at least the size of the hash. */
const MIN_KEY_BYTES = 32;
/** A secret stops working at most five minutes after its second rotation. */
const MAX_AGE_MS = 300_000;
/** Cached secrets work for an hour while Secrets Manager is unreachable. */
const STALE_MS = 3_600_000;
/** Invalid signatures cause at most one reload of the secret in this time. */
const PAUSE_MS = 10_000;

/**
 * Proves tokens by a shared secret: HS256 (RFC 7518, section 3.2) under the current or the previous version of the
 * secret, so that a rotation rejects no valid token. The key is the string of the secret in UTF-8.
 *
 * The returned function throws {@link AuthorizerFault} `secret-unreachable`, or `configuration-invalid` for a key of less
 * than 256 bits.
 */
export function hmacProver(tokenIssuer: HmacIssuer, secrets: Secrets): Prove {
  const { current, previous } = secrets;
  const load = async () =>
    keysOf(await Promise.all([current(tokenIssuer.hmacSecret), previous(tokenIssuer.hmacSecret)]));
  const keys = refreshingValue(load, { maxAgeMs: MAX_AGE_MS, staleMs: STALE_MS, pauseMs: PAUSE_MS });
  const read = (how: 'get' | 'renew') =>
    keys[how]().catch((cause: unknown) => {
      throw new AuthorizerFault('secret-unreachable', cause);
    });
  return async ({ compact, header, payload }) => {
    checkTokenHeader(header, ALGORITHMS, tokenIssuer);
    const isValid = isSigned(compact, await read('get')) || isSigned(compact, await read('renew'));
    if (!isValid) throw new TokenRejected('signature-invalid');
    return payload;
  };
}

/** Drops a previous version that is too short: it could be a placeholder. */
function keysOf(strings: readonly (string | undefined)[]): readonly Uint8Array[] {
  const [current, ...others] = strings.map((secret) => new TextEncoder().encode(secret));
  return current === undefined ? [] : [current, ...others.filter(isLongEnough)];
}

/** HMAC pads keys with zero bytes (RFC 2104, section 2), so those at the end of a key add nothing to it. */
function isLongEnough(key: Uint8Array): boolean {
  return key.findLastIndex((byte) => byte !== 0) + 1 >= MIN_KEY_BYTES;
}

function isSigned(compact: string, keys: readonly Uint8Array[]): boolean {
  if (!keys.every(isLongEnough)) {
    throw new AuthorizerFault('configuration-invalid', new Error('the HMAC secret has less than 256 bits'));
  }
  const dot = compact.lastIndexOf('.');
  const signature = Buffer.from(compact.slice(dot + 1), 'base64url');
  return keys.some((key) => {
    const expected = createHmac('sha256', key).update(compact.slice(0, dot)).digest();
    return signature.length === expected.length && timingSafeEqual(signature, expected);
  });
}
