import { createHash } from 'node:crypto';
import { JOSEError, JWSInvalid, JWSSignatureVerificationFailed } from 'jose/errors';
import { EmbeddedJWK } from 'jose/jwk/embedded';
import { calculateJwkThumbprint } from 'jose/jwk/thumbprint';
import { compactVerify } from 'jose/jws/compact/verify';
import type { TokenRules } from '../../../lib/definition/tokenIssuer.ts';
import { headersNamed } from '../credentials.ts';
import { type DecodedToken, decodeToken } from '../decodeToken.ts';
import type { AuthorizerEvent } from '../event.ts';
import { type BindingReason, TokenRejected } from '../reasons.ts';

/** Maximum bytes of a `DPoP` header: with the token, it has to fit into the 10,240 bytes of all headers. */
const MAX_PROOF_LENGTH = 4096;
/** A proof is made for one request, so it is recent; RFC 9449, section 11.1, allows seconds or minutes. */
export const MAX_PROOF_AGE_SECONDS = 60;
const MAX_JTI_LENGTH = 512;
/** Only asymmetric algorithms (RFC 9449, section 4.3, point 5). */
export const PROOF_ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256'];

/** A valid proof. */
export interface Proof {
  /** Thumbprint of its key (RFC 7638). */
  readonly thumbprint: string;
  readonly id: string;
  /** Epoch seconds from which on the proof is too old. */
  readonly until: number;
}

interface ProofContext {
  readonly tokenIssuer: TokenRules;
  readonly nowSeconds: number;
}

/**
 * Checks the proof of possession of a request (RFC 9449, section 4.3): exactly one `DPoP` header, `typ`, algorithm, public
 * key in the header, signature, `htm`, `htu`, `iat`, `ath` and `jti`. Compare the key with the token's afterwards.
 *
 * @throws {TokenRejected} a `proof-…` reason.
 */
export async function checkProof(
  event: AuthorizerEvent,
  accessToken: string,
  { tokenIssuer, nowSeconds }: ProofContext,
): Promise<Proof> {
  const proof = readProof(event);
  checkProofHeader(proof);
  await checkSignature(proof);
  const { htm, htu, iat, jti, ath } = proof.payload;
  if (htm !== event.httpMethod) reject('proof-method-mismatch');
  if (typeof htu !== 'string' || !isTarget(htu, event)) reject('proof-target-mismatch');
  const tolerance = tokenIssuer.clockToleranceSeconds;
  const until = Number(iat) + MAX_PROOF_AGE_SECONDS + tolerance;
  if (!(Number(iat) - tolerance <= nowSeconds && nowSeconds < until)) reject('proof-time-invalid');
  if (ath !== createHash('sha256').update(accessToken).digest('base64url')) reject('proof-token-mismatch');
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH) return reject('proof-malformed');
  const thumbprint = await calculateJwkThumbprint(Object(proof.header['jwk']));
  return { thumbprint, id: createHash('sha256').update(`${thumbprint} ${jti}`).digest('base64url'), until };
}

function readProof(event: AuthorizerEvent): DecodedToken {
  const [header, ...others] = headersNamed(event, 'dpop');
  if (header === undefined || header === '') return reject('proof-missing');
  if (others.length > 0) reject('proof-duplicate');
  if (header.length > MAX_PROOF_LENGTH) reject('proof-too-large');
  try {
    return decodeToken(header);
  } catch {
    return reject('proof-malformed');
  }
}

function checkProofHeader({ header }: DecodedToken): void {
  const { typ, jwk } = header as { readonly typ?: unknown; readonly jwk?: unknown };
  if (typ !== 'dpop+jwt') reject('proof-type-rejected');
  if (!PROOF_ALGORITHMS.includes(header.alg ?? '')) reject('proof-algorithm-rejected');
  const isKey = typeof jwk === 'object' && jwk !== null;
  // A proof must not contain a private key (section 4.3, point 7).
  if (!isKey || ['d', 'p', 'q', 'k', 'priv'].some((name) => Object.hasOwn(jwk, name))) reject('proof-key-rejected');
}

async function checkSignature({ compact, header }: DecodedToken): Promise<void> {
  try {
    await compactVerify(compact, EmbeddedJWK, { algorithms: [header.alg ?? ''] });
  } catch (error) {
    if (error instanceof JWSSignatureVerificationFailed) reject('proof-signature-invalid');
    if (error instanceof JWSInvalid) reject('proof-key-rejected');
    const isKeyFault = error instanceof JOSEError || error instanceof TypeError || error instanceof DOMException;
    if (isKeyFault) reject('proof-key-rejected');
    throw error;
  }
}

function reject(reason: BindingReason): never {
  throw new TokenRejected(reason);
}

/**
 * Whether the `htu` of a proof is the URL of the request, without query and fragment (RFC 9449, section 4.3, point 9),
 * compared after normalization (RFC 3986, sections 6.2.2 and 6.2.3).
 *
 * Two paths are accepted: the one that the client called, and the one below the stage. A custom domain hides the stage from
 * the client, and the event does not show whether there is one.
 */
export function isTarget(htu: string, event: AuthorizerEvent): boolean {
  const host = event.requestContext?.domainName;
  const target = normalized(htu);
  if (host === undefined || target === undefined) return false;
  const paths = [event.requestContext?.path, event.path].filter((path) => path !== undefined);
  return paths.some((path) => normalized(`https://${host}${path}`) === target);
}

/** `decodeURI` leaves encoded delimiters, such as `%2F`, as they are. */
function normalized(url: string): string | undefined {
  try {
    const { origin, pathname, protocol } = new URL(url);
    return protocol === 'https:' ? `${origin}${decodeURI(pathname)}` : undefined;
  } catch {
    return undefined;
  }
}
