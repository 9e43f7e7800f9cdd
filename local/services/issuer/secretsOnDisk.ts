import { createHmac, generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readIfPresent, writePrivateFile } from '../files.ts';

/** A JSON Web Key with its private part. */
type PrivateJwk = Readonly<Record<string, unknown>>;

/** What the issuer signs with. */
export interface IssuerKeys {
  /** RS256 first, which is the default, then ES256 and EdDSA. */
  readonly jwks: { readonly keys: readonly PrivateJwk[] };
  /** Signs the cookies of sign-ins. */
  readonly cookieKey: string;
}

/** Bits of the RSA key; NIST SP 800-57 has 2048 as the least until 2030. */
const RSA_BITS = 2048;

/** The issuer's keys, made once and kept in `<data>/issuer/keys.json` (mode 0600). */
export function issuerKeys(dataDirectory: string): IssuerKeys {
  const path = join(dataDirectory, 'issuer', 'keys.json');
  const text = readIfPresent(path);
  if (text !== undefined) return readKeys(path, text);
  const made: IssuerKeys = { jwks: { keys: makeKeys() }, cookieKey: randomBytes(32).toString('base64url') };
  writePrivateFile(path, JSON.stringify(made));
  return made;
}

function readKeys(path: string, text: string): IssuerKeys {
  try {
    const parsed = JSON.parse(text) as IssuerKeys;
    if (!Array.isArray(parsed.jwks.keys) || typeof parsed.cookieKey !== 'string') throw new TypeError('incomplete');
    return parsed;
  } catch {
    // The parser's message could quote a key.
    throw new Error(`${path} is not readable: remove it to have new keys made`);
  }
}

function makeKeys(): PrivateJwk[] {
  const jwk = { format: 'jwk' } as const;
  const rsa = generateKeyPairSync('rsa', { modulusLength: RSA_BITS }).privateKey.export(jwk);
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export(jwk);
  const ed = generateKeyPairSync('ed25519').privateKey.export(jwk);
  const keys = [
    { ...rsa, alg: 'RS256' },
    { ...ec, alg: 'ES256' },
    { ...ed, alg: 'EdDSA' },
  ];
  return keys.map((key) => ({ ...key, use: 'sig', kid: randomBytes(8).toString('hex') }));
}

/** The file that lets its reader act as any machine client. */
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
 * The secret of a machine client. It is derived, not stored: any client id is provisioned at once, by whoever can read
 * the admin secret, with nothing to register, to race or to lose.
 *
 * @param admin the text of `<data>/issuer/admin-secret`
 */
export function machineClientSecret(admin: string, clientId: string): string {
  return createHmac('sha256', admin).update(`machine-client:${clientId}`).digest('base64url');
}
