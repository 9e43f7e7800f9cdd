import { createHash } from '../../shared/nodeCrypto.ts';

/** The members that identify a key, in the order of their names (RFC 7638, section 3.2; RFC 8037, section 2). */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  EC: ['crv', 'kty', 'x', 'y'],
  OKP: ['crv', 'kty', 'x'],
  RSA: ['e', 'kty', 'n'],
};

/**
 * The thumbprint of a public key with SHA-256 (RFC 7638), of its members as they are written.
 *
 * @param jwk a key that `verificationKey` accepts.
 * @example
 * ```ts
 * keyThumbprint({ kty: 'OKP', crv: 'Ed25519', x: '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo' }); // 'kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k'
 * ```
 */
export function keyThumbprint(jwk: Readonly<Record<string, unknown>>): string {
  const required = REQUIRED[String(jwk['kty'])] ?? [];
  const members = Object.fromEntries(required.map((name) => [name, jwk[name]]));
  return createHash('sha256').update(JSON.stringify(members)).digest('base64url');
}
