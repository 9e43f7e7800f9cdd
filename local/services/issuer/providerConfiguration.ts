import type { Client, Context, StructuredToken, Token } from 'oidc-provider';
import { createAdapter } from './adapter.ts';
import { nonceSecret } from './adminSecret.ts';
import { type ClaimParts, claimsOf, shapeJwt } from './claims.ts';
import { findClient, isLoopbackRedirect } from './clients.ts';
import { deviceFlow } from './deviceFlow.ts';
import { INTROSPECTION_PATH, isAllowedToIntrospect } from './introspection.ts';
import type { KeyRing } from './keyRing.ts';
import { errorPage } from './pages.ts';
import { resourceServer } from './resourceServer.ts';
import type { IssuerState } from './state.ts';
import { ACCESS_TOKEN_TTL } from './tokenRequests.ts';
import { API_RESOURCE } from './tokenSettings.ts';

/** Lifetimes in seconds. */
const HOUR = 3_600;
const DAY = 24 * HOUR;
export const TTL = {
  AuthorizationCode: 60,
  DeviceCode: 600,
  Grant: 14 * DAY,
  IdToken: HOUR,
  Interaction: HOUR,
  RefreshToken: 14 * DAY,
  Session: DAY,
} as const;

/** Of proofs of possession (RFC 9449): what the local authorizers take, too. */
const PROOF_ALGORITHMS = ['ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519', 'PS256', 'PS384', 'PS512', 'RS256'];

export interface ConfigurationParts extends ClaimParts {
  readonly keys: KeyRing;
  readonly admin: string;
  readonly state: IssuerState;
}

/**
 * The configuration of oidc-provider: code + PKCE, device code and refresh for apps, client credentials for machines; access
 * tokens of the kinds that the stack accepts. Sets every option that it would warn about, and switches unused features off.
 */
export function providerConfiguration(parts: ConfigurationParts): Readonly<Record<string, unknown>> {
  const { keys, admin, state, tokenSettings } = parts;
  return {
    adapter: createAdapter(state, (clientId) => findClient(clientId, admin, tokenSettings)),
    jwks: keys.published(),
    cookies: { keys: [keys.cookieKey] },
    // A number for access tokens would override what the resource server says, and so the `ttl` of a request.
    ttl: { ...TTL, AccessToken: lifetimeOf, ClientCredentials: lifetimeOf },
    scopes: ['openid', 'offline_access', 'profile'],
    claims: { openid: ['sub'], profile: ['preferred_username'] },
    responseTypes: ['code'],
    clientAuthMethods: ['none', 'client_secret_basic'],
    pkce: { required: () => true },
    conformIdTokenClaims: false,
    issueRefreshToken: async (_: Context, client: Client) => client.grantTypeAllowed('refresh_token'),
    // Always: the second use of a stolen refresh token reveals the theft and ends the grant (RFC 9700 section 4.14.2).
    rotateRefreshToken: true,
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
      customizers: { jwt: (_: Context, token: Token, jwt: StructuredToken) => shapeJwt(token, jwt, parts) },
    },
    enabledJWA: { dPoPSigningAlgValues: PROOF_ALGORITHMS },
    routes: { introspection: INTROSPECTION_PATH },
    features: features(parts),
  };
}

function lifetimeOf(_: Context, token: Token): number {
  return token.resourceServer?.accessTokenTTL ?? ACCESS_TOKEN_TTL;
}

function features({ tokenSettings, keys, admin }: ConfigurationParts): Readonly<Record<string, unknown>> {
  const resources = { tokenSettings, algorithms: keys.algorithms };
  return {
    devInteractions: { enabled: false },
    deviceFlow: deviceFlow(),
    // Clients may use the nonces of responses (RFC 9449 section 8); none has to.
    dPoP: { enabled: true, nonceSecret: nonceSecret(admin), requireNonce: () => false },
    pushedAuthorizationRequests: { enabled: false },
    rpInitiatedLogout: { enabled: false },
    userinfo: { enabled: false },
    clientCredentials: { enabled: true },
    introspection: {
      enabled: true,
      allowedPolicy: async (_: Context, client: Client, token: Token) =>
        isAllowedToIntrospect(client, token.clientId, tokenSettings),
    },
    revocation: {
      enabled: true,
      // RFC 7009 section 2.1: for the client that the token was issued to.
      allowedPolicy: async (_: Context, client: Client, token: Token) => token.clientId === client.clientId,
    },
    resourceIndicators: {
      enabled: true,
      defaultResource: async () => API_RESOURCE,
      useGrantedResource: async () => true,
      getResourceServerInfo: async (ctx: Context, resource: string) => resourceServer(ctx, resource, resources),
    },
  };
}
