import type { TokenRules } from '../../lib/definition/tokenIssuer.ts';
import { claimNamed } from '../shared/claimValues.ts';
import type { JwtPayload } from './jwt.ts';

/** Claims that only ID tokens have (OpenID Connect Core, section 3.3.2.11). */
const ID_TOKEN_CLAIMS = ['at_hash', 'c_hash'];
/** The claim `typ` of Keycloak's access tokens, into which its older versions write the `nonce` of the sign-in, too. */
const ACCESS_TOKEN_TYPES: readonly unknown[] = ['Bearer', 'DPoP'];
/** The same of tokens that are for Keycloak itself. */
const OTHER_TYPES: readonly unknown[] = ['Refresh', 'Offline', 'Logout'];
/** What stands for the tenant in an issuer of several (the `issuer` of Entra's discovery document for all tenants). */
const TENANT = '{tenantid}';

/**
 * Whether the token is of the issuer: its `iss` is the same. Where the issuer has several tenants, the tenant in it is on the list,
 * and the claim `tid` names the same one.
 */
export function isOfIssuer(
  claims: Pick<JwtPayload, 'iss'>,
  { issuer, tenants }: Pick<TokenRules, 'issuer' | 'tenants'>,
): boolean {
  if (tenants === undefined) return claims.iss === issuer;
  const { iss, tid } = claims as { readonly iss?: unknown; readonly tid?: unknown };
  return tenants.some((tenant) => tid === tenant && iss === issuer.replace(TENANT, tenant));
}

/**
 * Whether the token is of the kind that the issuer's tokens for an API have. An ID token is for the client: it is accepted only
 * where the issuer has no access tokens that can be verified. How tokens show their kind differs, so beside what is true for all
 * issuers, the rules of one list its marks.
 */
export function isOfKind(claims: JwtPayload, { kind = {} }: Pick<TokenRules, 'kind'>): boolean {
  if (OTHER_TYPES.includes((claims as { readonly typ?: unknown }).typ)) return false;
  if (kind.id !== true && !isAccessToken(claims)) return false;
  const isMarked = ([name, accepted]: readonly [string, readonly string[]]) => {
    const value = claimNamed(name, claims);
    return accepted.length === 0 ? isPresent(value) : typeof value === 'string' && accepted.includes(value);
  };
  const { oneOf, claims: marks } = kind;
  return (
    (marks === undefined || Object.entries(marks).every(isMarked)) &&
    (oneOf === undefined || oneOf.some((name) => isPresent(claimNamed(name, claims))))
  );
}

function isAccessToken(claims: JwtPayload): boolean {
  const { token_use: use, typ } = claims as { readonly token_use?: unknown; readonly typ?: unknown };
  if (use === 'id' || typ === 'ID' || ID_TOKEN_CLAIMS.some((name) => Object.hasOwn(claims, name))) return false;
  return ACCESS_TOKEN_TYPES.includes(typ) || !Object.hasOwn(claims, 'nonce');
}

/** An empty value says nothing about the token. */
function isPresent(value: unknown): boolean {
  return (typeof value === 'string' || Array.isArray(value)) && value.length > 0;
}
