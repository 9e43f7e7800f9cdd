import type { AccessTokenChange, PretokenEvent } from './event.ts';

/** How tokens of machines are asked for (RFC 6749, section 4.4). */
const MACHINE = 'TokenGeneration_ClientCredentials';
/** Scopes by which a client carries its roles and its tier; no API can have this name. */
const IDENTITY_SCOPE = 'secure-api.identity/';
const ROLE = 'role:';
const TIER = 'tier:';

/**
 * Roles and tier of whom a token is for. People have them by their groups: `tier:<name>` is a tier, every other group a
 * role. Machines have them by the identity scopes that were granted, which are taken out of the token; people never do,
 * whatever scopes they have.
 */
export function accessTokenChange({ triggerSource, request }: PretokenEvent): AccessTokenChange {
  if (triggerSource !== MACHINE) {
    const groups = request.groupConfiguration?.groupsToOverride ?? [];
    const roles = groups.filter((group) => !group.startsWith(TIER));
    return { claimsToAddOrOverride: { roles, ...tierOf(groups) }, scopesToSuppress: [] };
  }
  const granted = (request.scopes ?? []).filter((scope) => scope.startsWith(IDENTITY_SCOPE));
  const names = granted.map((scope) => scope.slice(IDENTITY_SCOPE.length));
  return {
    claimsToAddOrOverride: { roles: after(ROLE, names), ...tierOf(names) },
    scopesToSuppress: granted,
  };
}

/** Two tiers are none: nobody can tell which was meant, and the default tier is the safe one. */
function tierOf(names: readonly string[]): { readonly tier?: string } {
  const [tier, ...others] = after(TIER, names);
  return tier === undefined || others.length > 0 ? {} : { tier };
}

function after(prefix: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}
