import type Provider from 'oidc-provider';
import type { Client } from 'oidc-provider';
import type { TokenSettings } from './tokenSettings.ts';

export const INTROSPECTION_PATH = '/token/introspection';

/** The client of the token and the clients of the stack's authorizers are allowed to introspect it (RFC 7662). */
export function isAllowedToIntrospect(client: Client, tokenClientId: string, { clients }: TokenSettings): boolean {
  return (
    tokenClientId === client.clientId || clients.some(({ id, introspects }) => introspects && id === client.clientId)
  );
}

/** Sets `iss` of introspection responses to the issuer that the stack's authorizer expects. */
export function setIntrospectionIssuer(provider: Provider, { targets }: TokenSettings): void {
  const issuer = targets.find(({ format }) => format === 'opaque')?.issuer;
  provider.use(async (ctx, next) => {
    await next();
    // Refresh tokens have no type; they are between the client and the local issuer.
    if (ctx.path !== INTROSPECTION_PATH || !isAccessToken(ctx.body)) return;
    if (issuer !== undefined) ctx.body = { ...ctx.body, iss: issuer };
  });
}

function isAccessToken(body: unknown): body is object {
  return typeof body === 'object' && body !== null && 'token_type' in body && body.token_type !== undefined;
}
