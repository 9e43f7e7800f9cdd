import type { AccessTokenChange, PretokenEvent } from './event.ts';

/** How machines request tokens (RFC 6749, section 4.4). */
const MACHINE = 'TokenGeneration_ClientCredentials';
/** Prefix of the scopes that carry a client's roles and tier; no API can have this name. */
const IDENTITY_SCOPE = 'secure-api.identity/';
const ROLE = 'role:';
const TIER = 'tier:';

/**
 * The roles and the tier for a token. People have them by their groups: `tier:<name>` is a tier, every other group a role.
 * Machines have them by their granted identity scopes, which are removed from the token. People never have them by scopes.
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

/** Two tiers count as none: it is unknown which was meant, and the default tier is the safe one. */
function tierOf(names: readonly string[]): { readonly tier?: string } {
  const [tier, ...others] = after(TIER, names);
  return tier === undefined || others.length > 0 ? {} : { tier };
}

function after(prefix: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}
