import type { TokenRules } from '../../lib/definition/tokenIssuer.ts';
import type { JwtHeader } from './jwt.ts';
import { TokenRejected } from './reasons.ts';

/** Types of access tokens by RFC 9068, section 2.1, in lower case. */
const ACCESS_TOKEN_TYPES = ['at+jwt', 'application/at+jwt'];
/** The type that issuers wrote before that RFC is accepted, too. */
const TYPES = [...ACCESS_TOKEN_TYPES, 'jwt'];
/** Parameters with which a token contains or names its own key (RFC 7515, sections 4.1.2–4.1.8). */
const KEY_PARAMETERS = ['jku', 'jwk', 'x5u', 'x5c'];

/**
 * Checks the protected header before any key is looked up: no `crit` (RFC 7515, section 4.1.11: unknown extensions must be
 * rejected), no `b64` (RFC 7797, section 7: a JWT is always encoded), no own key, a listed algorithm, the type of an access token.
 *
 * @throws {TokenRejected}
 */
export function checkTokenHeader(header: JwtHeader, algorithms: readonly string[], { requireType }: TokenRules): void {
  if (Object.hasOwn(header, 'crit') || Object.hasOwn(header, 'b64'))
    throw new TokenRejected('critical-header-rejected');
  if (KEY_PARAMETERS.some((name) => Object.hasOwn(header, name))) throw new TokenRejected('key-header-rejected');
  if (header.alg === undefined || !algorithms.includes(header.alg)) throw new TokenRejected('algorithm-rejected');
  const type = header['typ'];
  if (type === undefined && requireType !== true) return;
  const known = requireType === true ? ACCESS_TOKEN_TYPES : TYPES;
  if (typeof type !== 'string' || !known.includes(type.toLowerCase())) throw new TokenRejected('type-rejected');
}
