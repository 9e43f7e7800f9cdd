import { type Client, type Context, errors, type StructuredToken, type Token } from 'oidc-provider';
import { createAdapter } from './adapter.ts';
import { findClient, isLoopbackRedirect } from './clients.ts';
import type { Identities } from './identities.ts';
import { type IdentityOptions, identityClaims, identityOfScopes } from './identity.ts';
import { errorPage } from './pages.ts';
import type { IssuerKeys } from './secretsOnDisk.ts';
import type { IssuerState } from './state.ts';

/** The resource that tokens are for when a client names none (RFC 8707), so that no client has to. */
export const API_RESOURCE = 'urn:secure-api:local';

/** The scope of the API as such; what a caller may do follows from its roles. */
export const API_SCOPE = 'api';

/** Lifetimes in seconds. */
const HOUR = 3_600;
const DAY = 24 * HOUR;
export const TTL = {
  AccessToken: HOUR,
  AuthorizationCode: 60,
  ClientCredentials: HOUR,
  Grant: 14 * DAY,
  IdToken: HOUR,
  Interaction: HOUR,
  RefreshToken: 14 * DAY,
  Session: DAY,
} as const;

/** Longest lifetime that a machine client may ask for with `ttl`. */
const MAX_TTL = DAY;

export interface ConfigurationParts {
  readonly keys: IssuerKeys;
  readonly admin: string;
  readonly state: IssuerState;
  readonly identity: IdentityOptions;
  readonly identities: Identities;
}

/**
 * The configuration of oidc-provider: code + PKCE and refresh for apps, client credentials for machines, JWT access
 * tokens. All that it would warn about is set here, and all that the stack's authorizer cannot use is off.
 */
export function providerConfiguration(parts: ConfigurationParts): Readonly<Record<string, unknown>> {
  const { keys, admin, state } = parts;
  return {
    adapter: createAdapter(state, (clientId) => findClient(clientId, admin)),
    jwks: keys.jwks,
    cookies: { keys: [keys.cookieKey] },
    // A number here would override what the resource server says, and so the `ttl` of a request.
    ttl: { ...TTL, ClientCredentials: (_: Context, token: Token) => token.resourceServer?.accessTokenTTL ?? HOUR },
    scopes: ['openid', 'offline_access', 'profile'],
    claims: { openid: ['sub'], profile: ['preferred_username'] },
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic'],
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    issueRefreshToken: async (_: Context, client: Client) => client.grantTypeAllowed('refresh_token'),
    // A refresh token outlives the browser's session, as a native app expects.
    expiresWithSession: async () => false,
    clientBasedCORS: (_: Context, origin: string) => isLoopbackRedirect(origin),
    findAccount: async (_: Context, sub: string) => ({
      accountId: sub,
      claims: async () => ({ sub, preferred_username: sub }),
    }),
    interactions: { url: async (_: Context, interaction: { uid: string }) => `/interaction/${interaction.uid}` },
    renderError: async (ctx: Context, out: Readonly<Record<string, unknown>>) => {
      ctx.type = 'html';
      ctx.body = errorPage(String(out['error']), String(out['error_description'] ?? ''));
    },
    extraTokenClaims: async (_: Context, token: Token) => claimsOf(token, parts),
    formats: {
      customizers: { jwt: (_: Context, __: Token, jwt: StructuredToken) => setAudience(jwt, parts.identity) },
    },
    features: features(parts),
  };
}

function features({ identity }: ConfigurationParts): Readonly<Record<string, unknown>> {
  return {
    devInteractions: { enabled: false },
    dPoP: { enabled: false },
    pushedAuthorizationRequests: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    userinfo: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: { enabled: true, allowedPolicy: isOwner },
    revocation: { enabled: true, allowedPolicy: isOwner },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => API_RESOURCE,
      useGrantedResource: async () => true,
      getResourceServerInfo: async (ctx: Context, resource: string) => resourceServer(ctx, resource, identity),
    },
  };
}

/** Introspection and revocation are for the client that holds the token. */
async function isOwner(_: Context, client: Client, token: Token): Promise<boolean> {
  return token.clientId === client.clientId;
}

function resourceServer(ctx: Context, resource: string, identity: IdentityOptions): Readonly<Record<string, unknown>> {
  if (resource !== API_RESOURCE && !identity.audience.includes(resource)) {
    throw new errors.InvalidTarget(`the resource is unknown; leave it out, or use ${API_RESOURCE}`);
  }
  const machine = ctx.oidc.params?.['grant_type'] === 'client_credentials';
  return {
    audience: resource,
    scope: machine ? machineScope(ctx, identity) : API_SCOPE,
    accessTokenFormat: 'jwt',
    accessTokenTTL: machine ? requestedTtl(ctx) : TTL.AccessToken,
    jwt: { sign: { alg: 'RS256' } },
  };
}

/** The scopes that a machine client may have: the API, and the valid roles and tier that this request names. */
function machineScope(ctx: Context, identity: IdentityOptions): string {
  const requested = String(ctx.oidc.params?.['scope'] ?? '');
  const { fault } = identityOfScopes(requested, identity);
  if (fault !== undefined) throw new errors.InvalidScope(fault, requested);
  return [API_SCOPE, ...requested.split(' ').filter((item) => /^(?:role|tier):/.test(item))].join(' ');
}

/** `ttl` of a client-credentials request, in seconds. Only who holds the client's secret gets this far. */
function requestedTtl(ctx: Context): number {
  const text = ctx.oidc.body?.['ttl'];
  if (text === undefined) return TTL.ClientCredentials;
  const ttl = Number(text);
  if (Number.isInteger(ttl) && ttl >= 1 && ttl <= MAX_TTL) return ttl;
  throw new errors.InvalidRequest(`ttl must be a whole number of seconds from 1 to ${MAX_TTL}`);
}

function claimsOf(token: Token, { identity, identities }: ConfigurationParts): Record<string, unknown> | undefined {
  const machine = token.kind === 'ClientCredentials' ? identityOfScopes(token.scope ?? '', identity) : undefined;
  const found = machine?.identity ?? (token.grantId === undefined ? undefined : identities.ofGrant(token.grantId));
  return found && identityClaims(found, identity);
}

/** oidc-provider takes one audience; the stack may have several, so they are set on the finished token. */
function setAudience(jwt: StructuredToken, { audience }: IdentityOptions): void {
  if (audience.length > 0) jwt.payload['aud'] = audience.length === 1 ? audience[0] : [...audience];
}
