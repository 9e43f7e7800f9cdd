import type { Jwk } from 'aws-jwt-verify/jwk';
import type { JwtHeader } from 'aws-jwt-verify/jwt-model';
import type { IdentitySource } from './identity.ts';
import { TokenRefused } from './reasons.ts';

/** Types of access tokens: RFC 9068, section 2.1, and what issuers wrote before it. */
const TYPES = ['jwt', 'at+jwt', 'application/at+jwt'];

/** The key that each algorithm needs (RFC 7518, section 3.1; RFC 8037), so that no key serves two algorithms. */
const KEYS: Readonly<Record<string, { readonly kty: string; readonly crv?: readonly string[] }>> = {
  RS256: { kty: 'RSA' },
  RS384: { kty: 'RSA' },
  RS512: { kty: 'RSA' },
  ES256: { kty: 'EC', crv: ['P-256'] },
  ES384: { kty: 'EC', crv: ['P-384'] },
  ES512: { kty: 'EC', crv: ['P-521'] },
  EdDSA: { kty: 'OKP', crv: ['Ed25519', 'Ed448'] },
};

/** Bytes of a signature `r || s` (RFC 7518, section 3.4). Node throws, rather than says no, for any other length. */
const ECDSA_LENGTHS: Readonly<Record<string, number>> = { ES256: 64, ES384: 96, ES512: 132 };

/**
 * Checks the protected header before any key is looked up: algorithm of the source's list, no `crit` (RFC 7515, section
 * 4.1.11: an extension that is not understood must be refused), a type that an access token has.
 *
 * @throws {TokenRefused}
 */
export function checkHeader(header: JwtHeader, source: IdentitySource): void {
  if (Object.hasOwn(header, 'crit')) throw new TokenRefused('critical-header-refused');
  if (header.alg === undefined || !source.algorithms.includes(header.alg)) throw new TokenRefused('algorithm-refused');
  const type = header['typ'];
  if (type !== undefined && !(typeof type === 'string' && TYPES.includes(type.toLowerCase()))) {
    throw new TokenRefused('type-refused');
  }
}

/**
 * Checks that the signature of a token has the length of its algorithm, where that has one.
 *
 * @throws {TokenRefused} `signature-invalid`
 */
export function checkSignatureLength(token: string, header: JwtHeader): void {
  const expected = ECDSA_LENGTHS[header.alg ?? ''];
  const signature = token.slice(token.lastIndexOf('.') + 1);
  if (expected !== undefined && Buffer.byteLength(signature, 'base64url') !== expected) {
    throw new TokenRefused('signature-invalid');
  }
}

/**
 * Checks that the key is one for the algorithm of the header.
 *
 * @throws {TokenRefused} `key-unfit`
 */
export function checkKey(header: JwtHeader, jwk: Jwk): void {
  const needed = KEYS[header.alg ?? ''];
  const fits = needed?.kty === jwk.kty && (needed.crv === undefined || needed.crv.includes(jwk.crv ?? ''));
  if (!fits) throw new TokenRefused('key-unfit');
}
