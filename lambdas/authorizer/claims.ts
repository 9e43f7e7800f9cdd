import type { TokenRules } from '../../lib/definition/tokenIssuer.ts';
import { claimNamed, isTime } from '../shared/claimValues.ts';
import type { JwtPayload } from './jwt.ts';
import { TokenRejected } from './reasons.ts';
import { isOfIssuer, isOfKind } from './tokenKind.ts';

/** Maximum characters of `sub`: OpenID Connect Core, section 2, allows 255. */
const MAX_SUBJECT = 255;
/** Subject and client go into logs and headers, where these characters would begin another line or end the string. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the characters of `\p{Cc}`, which takes longer because it reads whole characters.
const CONTROLS = /[\0-\x1f\x7f-\x9f\u2028\u2029]/;

/** What the access log writes where nobody is known, so that nobody can have this name: alarms would not count its requests. */
const NOBODY = '-';

const TIMES = ['exp', 'nbf', 'iat'];
const STRINGS = ['iss', 'jti'];
/** A string, or a list of strings. */
const LISTS = ['aud', 'scope'];

/**
 * Checks the claims of every kind of token (RFC 7519, section 4.1; RFC 9068, section 4): `exp` present, not expired, `nbf`
 * and `iat` not in the future, lifetime, audience, client, kind of token and a usable subject.
 *
 * @param nowSeconds epoch seconds.
 * @throws {TokenRejected}
 */
export function checkClaims(claims: JwtPayload, rules: TokenRules, nowSeconds: number): void {
  if (!isOfIssuer(claims, rules)) throw new TokenRejected('issuer-unknown');
  checkTimes(claims, rules, nowSeconds);
  checkReceiver(claims, rules);
  if (!isOfKind(claims, rules)) throw new TokenRejected('kind-rejected');
  checkRequired(claims, rules);
  if (!isName(claims.sub)) throw new TokenRejected('subject-invalid');
}

/** Whether a claim can stand for somebody in a log. */
export function isName(claim: unknown): claim is string {
  const isShown = typeof claim === 'string' && claim.length > 0 && claim.length <= MAX_SUBJECT;
  return isShown && claim !== NOBODY && !CONTROLS.test(claim);
}

/**
 * Checks the types of registered claims (RFC 7519, section 4.1). A time is a number of seconds since 1970, not of
 * milliseconds. `scope` is a string (RFC 8693, section 4.2), or a list as some issuers write it.
 *
 * @throws {TokenRejected} `time-invalid`, `subject-invalid`, or `token-malformed` for other claims.
 */
export function checkClaimTypes(claims: Readonly<Record<string, unknown>>): void {
  for (const name of TIMES)
    if (claims[name] !== undefined && !isTime(claims[name])) throw new TokenRejected('time-invalid');
  if (!isStringIfAny(claims['sub'])) throw new TokenRejected('subject-invalid');
  for (const name of STRINGS) if (!isStringIfAny(claims[name])) throw new TokenRejected('token-malformed');
  for (const name of LISTS) {
    const value = claims[name];
    if (!(Array.isArray(value) ? value.every(isStringIfAny) : isStringIfAny(value)))
      throw new TokenRejected('token-malformed');
  }
}

function isStringIfAny(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && value.isWellFormed());
}

/**
 * Epoch seconds from which on a token is not accepted: its expiry, with the tolerance of its issuer. A whole number, because the handlers
 * compare with it in milliseconds, and must decide as the authorizer does on each clock.
 */
export function endOfToken(exp: number, { clockToleranceSeconds }: Pick<TokenRules, 'clockToleranceSeconds'>): number {
  return Math.floor(exp) + clockToleranceSeconds;
}

/**
 * Checks the times of claims, as {@link checkClaims} does.
 *
 * @param nowSeconds epoch seconds.
 * @throws {TokenRejected}
 */
export function checkTimes({ exp, iat, nbf }: JwtPayload, rules: TokenRules, nowSeconds: number): void {
  const tolerance = rules.clockToleranceSeconds;
  if (exp === undefined) throw new TokenRejected('expiry-missing');
  // RFC 7519, section 4.1.4: not "on or after" the second of expiry.
  if (endOfToken(exp, rules) <= nowSeconds) throw new TokenRejected('expired');
  if (nbf !== undefined && nbf - tolerance > nowSeconds) throw new TokenRejected('not-yet-valid');
  if (iat !== undefined && iat - tolerance > nowSeconds) throw new TokenRejected('issued-in-future');
  // Within the tolerance, a token could end before it begins.
  if (exp < Math.max(iat ?? 0, nbf ?? 0)) throw new TokenRejected('time-invalid');
  // Without `iat`, the token was issued now at the latest.
  if (exp - (iat ?? nowSeconds) > rules.maxLifetimeSeconds) throw new TokenRejected('lifetime-too-long');
}

function checkReceiver(claims: JwtPayload, rules: TokenRules): void {
  if (rules.audience !== undefined && !isFor(rules.audience, claims.aud)) {
    throw new TokenRejected('audience-invalid');
  }
  const client = clientOf(claims, rules);
  if (
    client === NOBODY ||
    CONTROLS.test(client) ||
    (rules.clientIds !== undefined && !rules.clientIds.includes(client))
  ) {
    throw new TokenRejected('client-invalid');
  }
}

function isFor(audience: readonly string[], claimed: JwtPayload['aud'] = []): boolean {
  return typeof claimed === 'string' ? audience.includes(claimed) : claimed.some((one) => audience.includes(one));
}

/** The caller has to be of an accepted tenant, organization or account: each claim has one value, which is on its list. */
function checkRequired(claims: JwtPayload, { requiredClaims }: TokenRules): void {
  if (requiredClaims === undefined) return;
  const isWithin = ([name, accepted]: readonly [string, readonly unknown[]]) =>
    accepted.includes(claimNamed(name, claims));
  if (!Object.entries(requiredClaims).every(isWithin)) throw new TokenRejected('claim-rejected');
}

/** The OAuth client that the token names; empty if it names none. */
export function clientOf(claims: JwtPayload, { clientClaim }: Pick<TokenRules, 'clientClaim'>): string {
  let client: unknown;
  for (const name of typeof clientClaim === 'string' ? [clientClaim] : clientClaim) {
    client = claimNamed(name, claims);
    if (client !== undefined) break;
  }
  return typeof client === 'string' && client.isWellFormed() ? client : '';
}
