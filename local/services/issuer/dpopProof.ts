import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
} from 'node:crypto';
import { readIfPresent, writePrivateFile } from '../files.ts';

/** What a proof is for. */
export interface ProofRequest {
  /** File of the client's private key (PEM, mode 0600); a P-256 one is made there when it is missing. */
  readonly keyFile: string;
  readonly method: string;
  /** Query and fragment are left out of the proof. */
  readonly url: string;
  /** The access token that goes along, when there is one already. */
  readonly token?: string;
}

/**
 * A proof of possession for one request (RFC 9449 section 4.2), the value of the header `DPoP`.
 *
 * @throws {Error} when the file holds no P-256 private key
 * @example
 * ```ts
 * const url = 'https://localhost:8443/notes';
 * const proof = await dpopProof({ keyFile: 'client.pem', method: 'GET', url });
 * ```
 */
export async function dpopProof({ keyFile, method, url, token }: ProofRequest): Promise<string> {
  // Loaded when it is used: a gateway makes no proofs.
  const { SignJWT } = await import('jose');
  const key = openKey(keyFile);
  const { origin, pathname } = new URL(url);
  const ath = token === undefined ? {} : { ath: createHash('sha256').update(token).digest('base64url') };
  return new SignJWT({ htm: method, htu: `${origin}${pathname}`, jti: randomUUID(), ...ath })
    .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk: createPublicKey(key).export({ format: 'jwk' }) })
    .setIssuedAt()
    .sign(key);
}

function openKey(path: string): KeyObject {
  const kept = readIfPresent(path);
  if (kept !== undefined) return readKey(path, kept);
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  writePrivateFile(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  return privateKey;
}

function readKey(path: string, text: string): KeyObject {
  try {
    const key = createPrivateKey(text);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1') return key;
  } catch {
    // The parser's message could quote the key.
  }
  throw new Error(`${path} holds no P-256 private key in PEM`);
}
