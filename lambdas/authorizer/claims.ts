import type { JwtPayload } from 'aws-jwt-verify/jwt-model';
import type { IdentitySource } from './identity.ts';
import { TokenRefused } from './reasons.ts';

/** Characters of `sub`: OpenID Connect Core, section 2, allows 255. */
const MAX_SUBJECT = 255;
/** Claims that only ID tokens have (OpenID Connect Core, sections 2 and 3.3.2.11). */
const ID_TOKEN_CLAIMS = ['at_hash', 'c_hash', 'nonce'];

/**
 * Checks what `aws-jwt-verify` leaves open: `exp` present, `iat` not in the future, lifetime, client, kind of token and
 * a usable subject.
 *
 * @param nowSeconds epoch seconds.
 * @throws {TokenRefused}
 */
export function checkClaims(claims: JwtPayload, source: IdentitySource, nowSeconds: number): void {
  checkTimes(claims, source, nowSeconds);
  if (source.clientIds !== undefined && !source.clientIds.includes(clientOf(claims, source))) {
    throw new TokenRefused('client-invalid');
  }
  const isOtherUse = source.tokenUse !== undefined && claims['token_use'] !== source.tokenUse;
  const isIdToken = claims['token_use'] === 'id' || ID_TOKEN_CLAIMS.some((name) => Object.hasOwn(claims, name));
  if (isOtherUse || isIdToken) throw new TokenRefused('kind-refused');
  const { sub } = claims;
  if (typeof sub !== 'string' || sub.length === 0 || sub.length > MAX_SUBJECT)
    throw new TokenRefused('subject-invalid');
}

function checkTimes(claims: JwtPayload, source: IdentitySource, nowSeconds: number): void {
  const { exp, iat } = claims;
  const tolerance = source.clockToleranceSeconds;
  if (exp === undefined) throw new TokenRefused('expiry-missing');
  // RFC 7519, section 4.1.4: not "on or after"; the library still accepts the second of expiry.
  if (exp + tolerance <= nowSeconds) throw new TokenRefused('expired');
  if (iat !== undefined && iat - tolerance > nowSeconds) throw new TokenRefused('issued-in-future');
  // Without iat the token may have been issued now at the latest.
  if (exp - (iat ?? nowSeconds) > source.maxLifetimeSeconds) throw new TokenRefused('lifetime-too-long');
}

/** The OAuth client that holds the token; empty where it names none. */
export function clientOf(claims: JwtPayload, source: IdentitySource): string {
  const client = Object.hasOwn(claims, source.clientClaim) ? claims[source.clientClaim] : undefined;
  return typeof client === 'string' ? client : '';
}
