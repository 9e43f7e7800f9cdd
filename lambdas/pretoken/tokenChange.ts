import type { AccessTokenChange, PretokenEvent } from './event.ts';

/** How machines request tokens (RFC 6749, section 4.4). */
const MACHINE = 'TokenGeneration_ClientCredentials';
/** Prefix of the scopes that carry a client's roles and tier; no API can have this name. */
const IDENTITY_SCOPE = 'secure-api.identity/';
const ROLE = 'role:';
const TIER = 'tier:';
/** `claim:<name>=<value>`; the name is one that a definition can declare. */
const CLAIM = /^claim:([a-z][A-Za-z0-9]*)=(.+)$/;
/** Claims that mean something else to the authorizer. */
const RESERVED: readonly string[] = ['roles', 'tier', 'elevated', 'cnf'];

/**
 * The roles, the tier and the declared claims for a token. People have them by their groups, which only administrators change:
 * `tier:<name>` is a tier, `claim:<name>=<value>` a claim, every other group a role.
 * Machines have them by their granted identity scopes, which are removed from the token. People never have them by scopes.
 */
export function accessTokenChange({ triggerSource, request }: PretokenEvent): AccessTokenChange {
  if (triggerSource !== MACHINE) {
    const groups = request.groupConfiguration?.groupsToOverride ?? [];
    const roles = groups.filter((group) => !group.startsWith(TIER) && !CLAIM.test(group));
    return { claimsToAddOrOverride: { ...claimsOf(groups), roles, ...tierOf(groups) }, scopesToSuppress: [] };
  }
  const granted = (request.scopes ?? []).filter((scope) => scope.startsWith(IDENTITY_SCOPE));
  const names = granted.map((scope) => scope.slice(IDENTITY_SCOPE.length));
  return {
    claimsToAddOrOverride: { ...claimsOf(names), roles: after(ROLE, names), ...tierOf(names) },
    scopesToSuppress: granted,
  };
}

/** Two tiers count as none: it is unknown which was meant, and the default tier is the safe one. */
function tierOf(names: readonly string[]): { readonly tier?: string } {
  const [tier, ...others] = after(TIER, names);
  return tier === undefined || others.length > 0 ? {} : { tier };
}

/** Two values of a claim count as none: the token is for one tenant, and it is unknown which. */
function claimsOf(names: readonly string[]): Readonly<Record<string, string>> {
  const values = Map.groupBy(
    names.flatMap((name) => {
      const [, claim, value] = CLAIM.exec(name) ?? [];
      return claim === undefined || value === undefined || RESERVED.includes(claim) ? [] : [{ claim, value }];
    }),
    ({ claim }) => claim,
  );
  return Object.fromEntries(
    [...values].flatMap(([claim, [first, ...others]]) =>
      first === undefined || others.length > 0 ? [] : [[claim, first.value]],
    ),
  );
}

function after(prefix: string, names: readonly string[]): readonly string[] {
  return names.filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
}
