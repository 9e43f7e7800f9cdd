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
 * (RFC 6749, section 3.3). Unknown roles give nothing; an unknown tier is the default tier.
 */
export function callerOf({ claims, source }: VerifiedToken, policy: AccessPolicy): TokenCaller {
  const claimed = [...new Set(textsOf(own(claims, source.rolesClaim)))].slice(0, MAX_ROLES);
  const isKnown = (role: string) => Object.hasOwn(policy.roles, role);
  const tier = own(claims, source.tierClaim);
  const isTier = typeof tier === 'string' && policy.tiers.includes(tier);
  return {
    subject: claims.sub ?? '',
    client: clientOf(claims, source),
    roles: claimed.filter(isKnown),
    tier: isTier ? tier : policy.defaultTier,
    expires: claims.exp ?? 0,
    issuer: source.issuer,
    unknownRoles: claimed.filter((role) => !isKnown(role)),
    unknownTier: isTier || tier === undefined ? undefined : String(tier).slice(0, 64),
  };
}

function own(claims: object, name: string): unknown {
  return Object.hasOwn(claims, name) ? (claims as Readonly<Record<string, unknown>>)[name] : undefined;
}

function textsOf(claim: unknown): readonly string[] {
  if (typeof claim === 'string') return claim.split(' ').filter((text) => text.length > 0);
  return Array.isArray(claim) ? claim.filter((text): text is string => typeof text === 'string') : [];
}
