import type { TokenRules } from '../../../lib/definition/tokenIssuer.ts';
import { belowBasePath } from '../../shared/basePath.ts';
import { createHash } from '../../shared/nodeCrypto.ts';
import { type VerificationKey, verificationKey } from '../../shared/verificationKeys.ts';
import { type EdgeEnvironment, PROOF_ALGORITHMS, type Readable } from '../../shared/wireContract.ts';
import { ALGORITHMS_OF_PROOFS } from '../algorithms.ts';
import { headersNamed } from '../credentials.ts';
import { type DecodedToken, decodeToken } from '../decodeToken.ts';
import type { AuthorizerEvent } from '../event.ts';
import { type BindingReason, TokenRejected } from '../reasons.ts';
import { signatureCheck } from '../signature.ts';
import { keyThumbprint } from './keyThumbprint.ts';

/** Maximum bytes of a `DPoP` header: with the token, it has to fit into the 10,240 bytes of all headers. */
const MAX_PROOF_LENGTH = 4096;
/** A proof is made for one request, so it is recent; RFC 9449, section 11.1, allows seconds or minutes. */
export const MAX_PROOF_AGE_SECONDS = 60;
const MAX_JTI_LENGTH = 512;
/** Parameters that name another key than `jwk` (RFC 7515, section 4.1). */
const OTHER_KEYS = ['jku', 'x5u', 'x5c'];

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
export function checkProof(
  event: AuthorizerEvent,
  accessToken: string,
  { tokenIssuer, nowSeconds }: ProofContext,
): Proof {
  const proof = readProof(event);
  checkSignature(proof, keyOf(proof));
  const { htm, htu, jti, ath } = proof.payload;
  if (htm !== event.httpMethod) reject('proof-method-mismatch');
  if (typeof htu !== 'string' || !isTarget(htu, event)) reject('proof-target-mismatch');
  const until = endOf(proof, { tokenIssuer, nowSeconds });
  if (ath !== createHash('sha256').update(accessToken).digest('base64url')) reject('proof-token-mismatch');
  if (typeof jti !== 'string' || jti === '' || jti.length > MAX_JTI_LENGTH) return reject('proof-malformed');
  const thumbprint = keyThumbprint(Object(proof.header['jwk']));
  return { thumbprint, id: createHash('sha256').update(`${thumbprint} ${jti}`).digest('base64url'), until };
}

function readProof(event: AuthorizerEvent): DecodedToken {
  const [header, ...others] = headersNamed(event, 'dpop');
  if (header === undefined || header === '') return reject('proof-missing');
  if (others.length > 0) reject('proof-duplicate');
  if (header.length > MAX_PROOF_LENGTH) reject('proof-too-large');
  try {
    return decodeToken(header);
  } catch (error) {
    const isTimeFault = error instanceof TokenRejected && error.reason === 'time-invalid';
    return reject(isTimeFault ? 'proof-time-invalid' : 'proof-malformed');
  }
}

/** Epoch seconds from which on a proof is too old. `exp` and `nbf` are not needed, but count (RFC 7519, section 4.1). */
function endOf({ payload: { iat, exp, nbf } }: DecodedToken, { tokenIssuer, nowSeconds }: ProofContext): number {
  const tolerance = tokenIssuer.clockToleranceSeconds;
  if (iat === undefined) return reject('proof-time-invalid');
  const until = Math.min(iat + MAX_PROOF_AGE_SECONDS, exp ?? Number.POSITIVE_INFINITY) + tolerance;
  const isNow = Math.max(iat, nbf ?? iat) - tolerance <= nowSeconds && nowSeconds < until;
  return isNow ? until : reject('proof-time-invalid');
}

/** Checks the header of a proof, and returns the key in it. */
function keyOf({ header }: DecodedToken): VerificationKey {
  const { typ, jwk } = header as { readonly typ?: unknown; readonly jwk?: unknown };
  if (typ !== 'dpop+jwt') reject('proof-type-rejected');
  // No extension is supported (RFC 7515, section 4.1.11), and a JWT is never unencoded (RFC 7797, section 7).
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64')) reject('proof-critical-header-rejected');
  if (OTHER_KEYS.some((name) => Object.hasOwn(header, name))) reject('proof-key-rejected');
  if (!PROOF_ALGORITHMS.includes(header.alg ?? '')) reject('proof-algorithm-rejected');
  // A private key is not fit either (section 4.3, point 7).
  const key = verificationKey(jwk);
  if (typeof key === 'string' || !key.algorithms.includes(header.alg ?? '')) return reject('proof-key-rejected');
  // jose rejected it, ADR 65.
  return key.jwk['crv'] === 'Ed448' ? reject('proof-key-rejected') : key;
}

const signatureFault = signatureCheck(ALGORITHMS_OF_PROOFS);

function checkSignature(proof: DecodedToken, key: VerificationKey): void {
  const fault = signatureFault(proof, key);
  if (fault !== undefined) reject(fault === 'key-unfit' ? 'proof-key-rejected' : 'proof-signature-invalid');
}

function reject(reason: BindingReason): never {
  throw new TokenRejected(reason);
}

/**
 * Whether the `htu` of a proof is the URL of the request, without query and fragment (RFC 9449, section 4.3, point 9),
 * compared after normalization (RFC 3986, sections 6.2.2 and 6.2.3).
 *
 * Two paths are accepted: the one that the client called, and the one below the stage. A custom domain hides the stage from
 * the client, and the event does not show whether there is one. On a shared domain only paths below the base path of this API are: a
 * proof for another API of the name is rejected.
 */
export function isTarget(
  htu: string,
  event: AuthorizerEvent,
  environment: Readable<EdgeEnvironment> = process.env,
): boolean {
  const host = event.requestContext?.domainName;
  const target = normalized(htu);
  if (host === undefined || target === undefined) return false;
  const paths = [event.requestContext?.path, event.path].filter((path) => path?.startsWith('/') === true);
  return paths.some((path = '') => normalized(`https://${host}${belowBasePath(path, environment)}`) === target);
}

/**
 * The normal form of an https URL without query and fragment (RFC 3986, sections 6.2.2 and 6.2.3): host in lower case, no default
 * port, no dot segments, `%7E` as `~` and `%2f` as `%2F`. An encoded reserved character is not that character, and nothing is
 * decoded twice: `/%252F`, `/%2F` and `/` are three paths.
 */
function normalized(url: string): string | undefined {
  if (!HTTPS_URL.test(url)) return undefined;
  const { origin, pathname } = URL.parse(url) ?? {};
  return pathname && `${origin}${pathname.replaceAll(ENCODED, normalizedOctet)}`;
}

/** Without a user name, a backslash, or white space and control characters that parsers remove. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters of `\p{Cc}`, which V8 looks up at each start.
const HTTPS_URL = /^https:\/\/[^\s/?#@\\]+(?:[/?#](?:[^\0-\x1f\x7f-\x9f%\\]|%[\dA-F]{2})*)?(?<!\s)$/iu;
const ENCODED = /%[\dA-F]{2}/gi;
/** RFC 3986, section 2.3. */
const UNRESERVED = /[\w.~-]/;

function normalizedOctet(encoded: string): string {
  const character = String.fromCharCode(Number.parseInt(encoded.slice(1), 16));
  return UNRESERVED.test(character) ? character : encoded.toUpperCase();
}
