import type { ClaimHint } from '../../assembly/model.ts';

/** The resource that tokens are for when a client names none (RFC 8707), so that no client has to. */
export const API_RESOURCE = 'urn:secure-api:local';

/** The scope of the API as such; what a caller may do follows from its roles and other scopes. */
export const API_SCOPE = 'api';

/** How an API verifies an access token: by a published key, a shared secret, or introspection. */
export type TokenFormat = 'jwt' | 'hmac' | 'opaque';

/** One kind of access token that the stack accepts. */
export interface TokenTarget {
  readonly format: TokenFormat;
  /** `iss` of its tokens. Default: the issuer's own URL. */
  readonly issuer?: string;
  /** What `aud` holds; empty for tokens that are known by their client alone, as Cognito's are. */
  readonly audience: readonly string[];
  /** Clients whose tokens are accepted; when empty, those of any client. */
  readonly clientIds: readonly string[];
  /** `alg` values that are accepted, the usual one first. */
  readonly algorithms: readonly string[];
  /** The shared secret of `hmac`. */
  readonly secret?: string;
  /** Lifetime of tokens, in seconds, unless a machine client asks for another. */
  readonly lifetimeSeconds: number;
}

/** A client that the stack's template registers, or one with which an authorizer introspects tokens. */
export interface StackClient {
  readonly id: string;
  /** What a person calls a machine client of a user pool, whose id is generated. */
  readonly name?: string;
  /** A public client has no secret, but PKCE. */
  readonly isPublic: boolean;
  /** Default: one that is derived from the admin secret. */
  readonly secret?: string;
  /** `code`, `client_credentials`; none for one that only introspects tokens. */
  readonly flows: readonly string[];
  readonly redirectUris: readonly string[];
  /** Scopes of the API that it is allowed in addition to those of every client. */
  readonly scopes: readonly string[];
  /** Whether it may introspect tokens of other clients (RFC 7662 section 4). */
  readonly introspects: boolean;
  /** The user pool whose tokens it gets: as Cognito makes them, and no others. */
  readonly userPool?: string;
}

/** What the stack's authorizer reads from tokens, and what may be in them. */
export interface TokenSettings {
  /** Kinds of tokens, the one that a client gets unless it asks for another first. */
  readonly targets: readonly TokenTarget[];
  readonly clients: readonly StackClient[];
  /** Claims that hold the roles, an array of strings, such as `cognito:groups`; several where several APIs read others. */
  readonly rolesClaims: readonly string[];
  /** Claims that hold the tier, a string. */
  readonly tierClaims: readonly string[];
  /** Roles that the stack knows; when empty, any string is accepted. */
  readonly roles: readonly string[];
  /** Tiers that the stack knows, the default one first; when empty, any string is accepted. */
  readonly tiers: readonly string[];
  /** Scopes that the stack's APIs declare; undefined where none says so, then machine clients get any. */
  readonly scopes?: readonly string[];
  /** Claims that the stack's APIs declare, by name. */
  readonly claims: Readonly<Record<string, ClaimSettings>>;
}

/** A claim that the stack's APIs declare. */
export interface ClaimSettings extends ClaimHint {
  /** Names that the authorizers read it by. */
  readonly names: readonly string[];
}

/**
 * The kind of token that a resource stands for: `urn:secure-api:local` for the usual one, or with `:jwt`, `:hmac` or
 * `:opaque` for another one, or an audience. A client of a user pool gets tokens of that pool only.
 */
export function targetOf(
  resource: string,
  clientId: string,
  { targets, clients }: TokenSettings,
): TokenTarget | undefined {
  const published = targets.find(({ format }) => format === 'jwt');
  if (clients.some(({ id, userPool }) => id === clientId && userPool !== undefined)) return published;
  if (resource === API_RESOURCE) return targets[0];
  return (
    targets.find(({ format }) => resource === formatResource(format)) ??
    targets.find(({ audience }) => audience.includes(resource))
  );
}

/** The resource by which a client asks for tokens of a kind. */
export function formatResource(format: TokenFormat): string {
  return `${API_RESOURCE}:${format}`;
}

/**
 * `aud` of a client's tokens. Where an API knows its tokens by their clients, the made-up clients of this machine have a
 * separate audience, which the local authorizer also accepts.
 */
export function audienceOf({ audience, clientIds }: TokenTarget, clientId: string): readonly string[] {
  return clientIds.length === 0 || clientIds.includes(clientId) ? audience : [API_RESOURCE, ...audience];
}
