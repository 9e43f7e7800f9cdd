import { createHmac, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readIfPresent, writePrivateFile } from '../files.ts';

/** The file whose reader is allowed to act as any machine client, and to rotate keys. */
export function adminSecretPath(dataDirectory: string): string {
  return join(dataDirectory, 'issuer', 'admin-secret');
}

/** The random secret behind every machine client, made once and kept with mode 0600. */
export function adminSecret(dataDirectory: string): string {
  const path = adminSecretPath(dataDirectory);
  const kept = readIfPresent(path)?.trim();
  if (kept) return kept;
  const made = randomBytes(32).toString('base64url');
  writePrivateFile(path, made);
  return made;
}

/**
 * The secret of a machine client. It is derived, not stored: any client id works at once for a reader of the admin
 * secret, with nothing to register, to race or to lose.
 *
 * @param admin the string in `<data>/issuer/admin-secret`
 */
export function machineClientSecret(admin: string, clientId: string): string {
  return derived(admin, `machine-client:${clientId}`).toString('base64url');
}

/** The 32 bytes behind the nonces of proofs of possession (RFC 9449 section 8). */
export function nonceSecret(admin: string): Buffer {
  return derived(admin, 'dpop-nonce');
}

function derived(admin: string, purpose: string): Buffer {
  return createHmac('sha256', admin).update(purpose).digest();
}
