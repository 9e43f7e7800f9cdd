/** What the stack's authorizer reads from tokens, and what may be in them. */
export interface IdentityOptions {
  /** Audiences that tokens carry in `aud`. */
  readonly audience: readonly string[];
  /** Claims that hold the roles, an array of text, such as `cognito:groups`; several where several APIs read others. */
  readonly rolesClaims: readonly string[];
  /** Claims that hold the tier, text. */
  readonly tierClaims: readonly string[];
  /** Roles that the stack knows; when empty, any text is taken. */
  readonly roles: readonly string[];
  /** Tiers that the stack knows, the default one first; when empty, any text is taken. */
  readonly tiers: readonly string[];
}

/** Who a token speaks for, beside its subject. */
export interface Identity {
  readonly roles: readonly string[];
  readonly tier?: string;
}

/** A role or tier as a scope token may carry it (RFC 6749 section 3.3, without a colon at its start). */
const NAME = /^[A-Za-z0-9_][A-Za-z0-9_.:/-]{0,127}$/;

/** Whether roles and tier are well-formed and known. Gives the sentence that says why not. */
export function identityFault(identity: Identity, options: IdentityOptions): string | undefined {
  return (
    unknownName('role', identity.roles, options.roles) ??
    unknownName('tier', identity.tier === undefined ? [] : [identity.tier], options.tiers)
  );
}

function unknownName(kind: string, names: readonly string[], known: readonly string[]): string | undefined {
  const wrong = names.find((name) => !NAME.test(name) || (known.length > 0 && !known.includes(name)));
  if (wrong === undefined) return undefined;
  const expected = known.length > 0 ? `one of ${known.join(', ')}` : 'letters, digits and _.:/-';
  return `the ${kind} ${JSON.stringify(wrong.slice(0, 64))} is unknown; expected ${expected}`;
}

/** The scopes by which a machine client asks for its identity: `role:<name>`, repeated, and one `tier:<name>`. */
export function identityScopes({ roles, tier }: Identity): string[] {
  return [...roles.map((role) => `role:${role}`), ...(tier === undefined ? [] : [`tier:${tier}`])];
}

/**
 * The identity that a token request asks for in its scopes. It lives in that request and its token only, so parallel
 * requests of one client cannot mix. Without a tier it is the default one.
 *
 * @returns also `fault`, the sentence to refuse with, for an unknown role or tier or more than one tier
 */
export function identityOfScopes(
  scope: string,
  options: IdentityOptions,
): { readonly identity: Identity; readonly fault?: string } {
  const after = (prefix: string) => {
    const items = scope.split(' ').filter((item) => item.startsWith(prefix));
    return items.map((item) => item.slice(prefix.length));
  };
  const [tier = options.tiers[0], ...others] = after('tier:');
  const identity = { roles: [...new Set(after('role:'))], ...(tier === undefined ? {} : { tier }) };
  const fault = others.length > 0 ? 'only one tier may be requested' : identityFault(identity, options);
  return fault === undefined ? { identity } : { identity, fault };
}

/** The claims of an identity, under the names that the stack's authorizers read, and Cognito's mark of an access token. */
export function identityClaims({ roles, tier }: Identity, options: IdentityOptions): Record<string, unknown> {
  const named = (claims: readonly string[], value: unknown) => claims.map((claim) => [claim, value] as const);
  return Object.fromEntries([
    ['token_use', 'access'],
    ...named(options.rolesClaims, [...roles]),
    ...(tier === undefined ? [] : named(options.tierClaims, tier)),
  ]);
}
