import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { type CallerClaims, claimOf, readClaims } from '../shared/callerClaims.ts';
import { claimNamed, stringsOf, unique } from '../shared/claimValues.ts';
import { shownName } from '../shared/redact.ts';
import { clientOf, endOfToken } from './claims.ts';
import { TokenRejected } from './reasons.ts';
import { hasTemporaryRoles, heldRoles } from './roles.ts';
import type { TokenCaller } from './tokenCaller.ts';
import type { VerifiedToken } from './verifiedToken.ts';

/**
 * Reads subject, roles, scopes, tier, client and declared claims from verified claims. Roles without effect are listed for the log. An unknown
 * tier, or one made for another client, becomes the default tier. The result is valid until `expires`, so it outlives neither the token, with the
 * tolerance of its issuer, nor a temporary role, whose end has no tolerance.
 *
 * @param nowSeconds epoch seconds.
 * @param client that of the token, unless a certificate names it
 * @throws {TokenRejected} `claim-missing` or `claim-invalid`: a declared claim is not what its schema says.
 */
export function callerOf(
  verified: VerifiedToken,
  policy: AccessPolicy,
  {
    nowSeconds,
    client = clientOf(verified.claims, verified.tokenIssuer),
  }: { readonly nowSeconds: number; readonly client?: string },
): TokenCaller {
  const { claims, tokenIssuer } = verified;
  const held = heldRoles(verified, policy, nowSeconds);
  const claimedTier = claimNamed(tokenIssuer.tierClaim, claims);
  const tier = tierOf(client, claimedTier, policy);
  return {
    subject: claims.sub ?? '',
    client,
    roles: held.roles,
    scopes: scopesOf(claims, policy),
    tier: tier ?? policy.defaultTier,
    expires: Math.min(endOfToken(claims.exp ?? 0, tokenIssuer), held.until ?? Number.POSITIVE_INFINITY),
    issuer: claims.iss ?? tokenIssuer.issuer,
    claims: declaredClaims(verified, policy),
    ignored: {
      unknown: held.unknown,
      exclusive: held.exclusive,
      ended: held.ended,
      tier: tier !== undefined || claimedTier === undefined ? undefined : logged(claimedTier),
    },
    described: undefined,
  };
}

/**
 * Makes the function that reads callers as {@link callerOf} does. The caller of a token that is verified again is the same object, unless the
 * time decides on its roles, or another certificate on its client.
 */
export function callerReader(
  policy: AccessPolicy,
): (verified: VerifiedToken, request: { readonly nowSeconds: number; readonly client: string }) => TokenCaller {
  return (verified, request) => {
    const { claims, findings } = verified;
    const before = findings?.caller;
    if (before?.client === request.client) return before;
    const caller = callerOf(verified, policy, request);
    if (findings !== undefined && !hasTemporaryRoles(claims)) findings.caller = caller;
    return caller;
  };
}

/**
 * The scopes of a token that the API declares, in the order of the token. The claim is `scope` (RFC 8693, section 4.2;
 * RFC 9068, section 2.2.3), or `scp` with issuers that use that name. Cognito writes the resource server's identifier, which
 * is the API's name, before each scope: `documents/documents.read`. Scopes of other APIs have no effect.
 */
export function scopesOf(claims: object, policy: Pick<AccessPolicy, 'api' | 'scopes'>): readonly string[] {
  const { scope, scp } = claims as { readonly scope?: unknown; readonly scp?: unknown };
  if ((scope ?? scp) === undefined || policy.scopes.length === 0) return NO_SCOPES;
  const prefix = `${policy.api}/`;
  const named = stringsOf(scope ?? scp).map((name) => (name.startsWith(prefix) ? name.slice(prefix.length) : name));
  return unique(named).filter((name) => policy.scopes.includes(name));
}

const NO_SCOPES: readonly string[] = Object.freeze([]);
const NO_CLAIMS: CallerClaims = Object.freeze({});

/** The claims that the definition declares, by the names that the issuer gives them. */
function declaredClaims({ claims, tokenIssuer }: VerifiedToken, policy: AccessPolicy): CallerClaims {
  if (policy.claims === undefined) return NO_CLAIMS;
  const { claims: names = {}, stringClaims } = tokenIssuer;
  const read = readClaims(policy.claims, (name) => {
    const value = claimNamed(Object.hasOwn(names, name) ? (names[name] ?? name) : name, claims);
    return stringClaims === true ? claimOf(value, policy.claims?.[name]) : value;
  });
  if ('claims' in read) return read.claims;
  throw new TokenRejected(read.reason, read.claim);
}

/** A tier made for the client takes precedence over the token's, and no other client gets it. */
function tierOf(client: string, claimed: unknown, { tiers, clientTiers = {} }: AccessPolicy): string | undefined {
  if (Object.hasOwn(clientTiers, client)) return clientTiers[client];
  const isOpen =
    typeof claimed === 'string' && tiers.includes(claimed) && !Object.values(clientTiers).includes(claimed);
  return isOpen ? claimed : undefined;
}

/** A claim can be anything, also an object without a conversion to a string. */
function logged(tier: unknown): string {
  return typeof tier === 'string' ? shownName(tier) : `(${typeof tier})`;
}
