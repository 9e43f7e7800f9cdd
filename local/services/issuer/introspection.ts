import type Provider from 'oidc-provider';
import type { Client } from 'oidc-provider';
import type { TokenSettings } from './tokenSettings.ts';

export const INTROSPECTION_PATH = '/token/introspection';

/** Introspection (RFC 7662) is for the client that holds the token, and for those of the stack's authorizers. */
export function isAllowedToIntrospect(client: Client, tokenClientId: string, { clients }: TokenSettings): boolean {
  return (
    tokenClientId === client.clientId || clients.some(({ id, introspects }) => introspects && id === client.clientId)
  );
}

/** Answers about access tokens in the name of the issuer that the stack asks, whose place the local one takes. */
export function setIntrospectionIssuer(provider: Provider, { targets }: TokenSettings): void {
  const issuer = targets.find(({ format }) => format === 'opaque')?.issuer;
  provider.use(async (ctx, next) => {
    await next();
    // Refresh tokens have no type; they are between the client and the local issuer.
    if (ctx.path !== INTROSPECTION_PATH || !isAccessToken(ctx.body)) return;
    if (issuer !== undefined) ctx.body = { ...ctx.body, iss: issuer };
  });
}

function isAccessToken(answer: unknown): answer is object {
  return typeof answer === 'object' && answer !== null && 'token_type' in answer && answer.token_type !== undefined;
}
