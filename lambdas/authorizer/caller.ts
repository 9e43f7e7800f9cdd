import type { AccessPolicy } from '../../lib/definition/bundledTypes.ts';
import { permissionsOf } from '../shared/grants.ts';
import { stringsOf, unique } from '../shared/strings.ts';
import { clientOf } from './claims.ts';
import { type HeldRoles, heldRoles } from './roles.ts';
import type { VerifiedToken } from './verify.ts';

/** Claim of temporary roles: `[{ role, until }]`. */
const ELEVATED_CLAIM = 'elevated';
/** Characters of an unknown tier that are logged. */
const MAX_LOGGED = 64;

/** Who calls, in the words of the definition. */
export interface TokenCaller {
  readonly subject: string;
  readonly client: string;
  /** Roles that count, in the order of the token, each once. */
  readonly roles: readonly string[];
  /** What the roles permit, sorted. */
  readonly permissions: readonly string[];
  /** Scopes of the token that the API declares. */
  readonly scopes: readonly string[];
  readonly tier: string;
  /** Epoch seconds: the end of the token, or of a temporary role of it before that. */
  readonly expires: number;
  readonly issuer: string;
  /** Roles that give nothing and why, and the tier that is none; for the log. */
  readonly ignored: Pick<HeldRoles, 'unknown' | 'exclusive' | 'ended'> & { readonly tier: string | undefined };
}

/**
 * Reads subject, roles, scopes, tier and client of proven claims. Roles that give nothing are told apart for the log; an
 * unknown tier, or one made for others, is the default tier. The answer is cached until `expires` at the latest, so that it
 * holds while the roles do.
 *
 * @param nowSeconds epoch seconds.
 */
export function callerOf({ claims, source }: VerifiedToken, policy: AccessPolicy, nowSeconds: number): TokenCaller {
  const held = heldRoles(
    { roles: own(claims, source.rolesClaim), elevated: own(claims, ELEVATED_CLAIM) },
    policy,
    nowSeconds,
  );
  const client = clientOf(claims, source);
  const claimedTier = own(claims, source.tierClaim);
  const tier = tierOf(client, claimedTier, policy);
  return {
    subject: claims.sub ?? '',
    client,
    roles: held.roles,
    permissions: permissionsOf(policy.roles, held.roles),
    scopes: scopesOf(claims, policy),
    tier: tier ?? policy.defaultTier,
    expires: Math.min(claims.exp ?? 0, held.until ?? Number.POSITIVE_INFINITY),
    issuer: source.issuer,
    ignored: {
      unknown: held.unknown,
      exclusive: held.exclusive,
      ended: held.ended,
      tier: tier !== undefined || claimedTier === undefined ? undefined : String(claimedTier).slice(0, MAX_LOGGED),
    },
  };
}

/**
 * The scopes of a token that the API declares, in the order of the token. The claim is `scope` (RFC 8693, section 4.2;
 * RFC 9068, section 2.2.3), or `scp` with issuers that write that instead. Cognito writes the resource server's identifier
 * before each scope, which is the API's name: `documents/documents.read`. Scopes of other APIs give nothing.
 */
export function scopesOf(claims: object, policy: Pick<AccessPolicy, 'api' | 'scopes'>): readonly string[] {
  const { scope, scp } = claims as { readonly scope?: unknown; readonly scp?: unknown };
  const prefix = `${policy.api}/`;
  const named = stringsOf(scope ?? scp).map((text) => (text.startsWith(prefix) ? text.slice(prefix.length) : text));
  return unique(named).filter((text) => policy.scopes.includes(text));
}

/** A tier made for the client goes before the token's; such a tier is nobody else's. */
function tierOf(client: string, claimed: unknown, { tiers, clientTiers = {} }: AccessPolicy): string | undefined {
  if (Object.hasOwn(clientTiers, client)) return clientTiers[client];
  const isOpen =
    typeof claimed === 'string' && tiers.includes(claimed) && !Object.values(clientTiers).includes(claimed);
  return isOpen ? claimed : undefined;
}

function own(claims: object, name: string): unknown {
  return Object.hasOwn(claims, name) ? (claims as Readonly<Record<string, unknown>>)[name] : undefined;
}
