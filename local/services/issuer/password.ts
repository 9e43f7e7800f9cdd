import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';

/**
 * Cost of scrypt (RFC 7914): one of the equal choices of OWASP's Password Storage Cheat Sheet, 32 MiB at a time.
 * https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
 */
const COST = { N: 2 ** 15, r: 8, p: 3 } as const;
/** Node's own limit is just what one block takes. */
const MAX_MEMORY = 64 * 1024 * 1024;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

/** The hash of a password: `scrypt$N$r$p$salt$hash`, so that the cost can be raised without losing anybody. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), hash.toString('base64url')].join('$');
}

/** Whether a password is the one of a hash; compared in constant time. */
export async function isPassword(password: string, kept: string): Promise<boolean> {
  const [name, N, r, p, salt = '', hash = ''] = kept.split('$');
  const expected = Buffer.from(hash, 'base64url');
  if (name !== 'scrypt' || expected.length !== HASH_BYTES) return false;
  const found = await derive(password, Buffer.from(salt, 'base64url'), { N: Number(N), r: Number(r), p: Number(p) });
  return timingSafeEqual(found, expected);
}

/** The same password may be typed in two forms (RFC 8265 section 4.2.2). */
function derive(password: string, salt: Buffer, cost: { N: number; r: number; p: number }): Promise<Buffer> {
  const { promise, resolve, reject } = Promise.withResolvers<Buffer>();
  scrypt(password.normalize('NFC'), salt, HASH_BYTES, { ...cost, maxmem: MAX_MEMORY }, (error, hash) =>
    error === null ? resolve(hash) : reject(error),
  );
  return promise;
}
