import type { AccessPolicy } from '../../lib/definition/projected.ts';
import { clientOf } from './claims.ts';
import type { VerifiedToken } from './verify.ts';

/** Roles of one token; more would not fit the context and policy that API Gateway caches. */
const MAX_ROLES = 64;

/** Who calls, in the words of the definition. */
export interface TokenCaller {
  readonly subject: string;
  readonly client: string;
  /** Roles that the definition knows, in the order of the token, each once. */
  readonly roles: readonly string[];
  readonly tier: string;
  /** Epoch seconds. */
  readonly expires: number;
  readonly issuer: string;
  /** What the token said and the definition does not know; for the log. */
  readonly unknownRoles: readonly string[];
  readonly unknownTier: string | undefined;
}

/**
 * Reads subject, roles, tier and client of proven claims. Roles are a list of texts, or one text separated by spaces
 * (RFC 6749, section 3.3). Unknown roles give nothing; an unknown tier, or one made for others, is the default tier.
 */
export function callerOf({ claims, source }: VerifiedToken, policy: AccessPolicy): TokenCaller {
  const claimed = [...new Set(textsOf(own(claims, source.rolesClaim)))].slice(0, MAX_ROLES);
  const isKnown = (role: string) => Object.hasOwn(policy.roles, role);
  const client = clientOf(claims, source);
  const claimedTier = own(claims, source.tierClaim);
  const tier = tierOf(client, claimedTier, policy);
  return {
    subject: claims.sub ?? '',
    client,
    roles: claimed.filter(isKnown),
    tier: tier ?? policy.defaultTier,
    expires: claims.exp ?? 0,
    issuer: source.issuer,
    unknownRoles: claimed.filter((role) => !isKnown(role)),
    unknownTier: tier !== undefined || claimedTier === undefined ? undefined : String(claimedTier).slice(0, 64),
  };
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

function textsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((text) => text.length > 0);
  return Array.isArray(claim) ? claim.filter((text): text is string => typeof text === 'string') : [];
}
