import type { StructuredToken, Token } from 'oidc-provider';
import type { Identities } from './identities.ts';
import { type Identity, identityClaims } from './identity.ts';
import { readMachineScopes } from './machineScopes.ts';
import { audienceOf, type IdentityOptions, type TokenTarget, targetOf } from './options.ts';

/** What claims are made of. */
export interface ClaimParts {
  readonly identity: IdentityOptions;
  readonly identities: Identities;
}

/** The claims that say who a token speaks for, beside those of OAuth; undefined for one that says nothing. */
export function claimsOf(token: Token, { identity, identities }: ClaimParts): Record<string, unknown> | undefined {
  const found = identityOf(token, { identity, identities });
  // The answer of an introspection has no subject of machines; RFC 9068 section 2.2 says that it is the client.
  const subject = token.kind === 'ClientCredentials' ? { sub: token.clientId } : {};
  return found && { ...identityClaims(found, identity), ...subject };
}

function identityOf(token: Token, { identity, identities }: ClaimParts): Identity | undefined {
  if (token.kind !== 'ClientCredentials')
    return token.grantId === undefined ? undefined : identities.ofGrant(token.grantId);
  return readMachineScopes(token.scope ?? '', { ...identity, scopes: undefined }, Math.floor(Date.now() / 1000))
    .identity;
}

/**
 * Serialized, it is no member at all: oidc-provider signs no JWT without an audience, and Cognito's access tokens have
 * none.
 */
const NO_AUDIENCE = { toJSON: () => undefined };

/** Makes of a JWT what the API's own issuer would have made: issuer, audience, and Cognito's claims where it is Cognito. */
export function shapeJwt(token: Token, jwt: StructuredToken, identity: IdentityOptions): void {
  const target = targetOf(token.resourceServer?.identifier() ?? '', identity);
  if (target === undefined) return;
  const audience = audienceOf(target, token.clientId);
  if (target.issuer !== undefined) jwt.payload['iss'] = target.issuer;
  if (audience.length > 0) jwt.payload['aud'] = audience.length === 1 ? audience[0] : [...audience];
  else jwt.payload['aud'] = NO_AUDIENCE;
  if (isCognito(target, token.clientId)) shapeAsCognito(token, jwt);
}

/** Tokens of a user pool have no audience; they are known by their client. */
function isCognito({ audience, clientIds }: TokenTarget, clientId: string): boolean {
  return audience.length === 0 && clientIds.includes(clientId);
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html */
function shapeAsCognito(token: Token, jwt: StructuredToken): void {
  jwt.header = { typ: undefined };
  jwt.payload['version'] = 2;
  if (token.accountId === undefined) return;
  jwt.payload['username'] = token.accountId;
  jwt.payload['origin_jti'] = token.grantId;
}
