import type { StructuredToken, Token } from 'oidc-provider';
import { poolClientOf, shapeAsCognito } from './cognito.ts';
import { readMachineScopes } from './machineScopes.ts';
import type { PreToken } from './preToken.ts';
import { assignmentClaims, type RoleAssignment, type RoleAssignments } from './roleAssignment.ts';
import { audienceOf, type TokenSettings, targetOf } from './tokenSettings.ts';

/** What claims are made of. */
export interface ClaimParts {
  readonly tokenSettings: TokenSettings;
  readonly roleAssignments: RoleAssignments;
  readonly preToken: PreToken;
}

/** The claims of a token beside those of OAuth; undefined when the issuer does not know its holder. */
export function claimsOf(token: Token, parts: ClaimParts): Record<string, unknown> | undefined {
  const found = assignmentOf(token, parts);
  // An introspection response has no subject for machine clients; RFC 9068 section 2.2 says that it is the client.
  const subject = token.kind === 'ClientCredentials' ? { sub: token.clientId } : {};
  return found && { ...assignmentClaims(found, parts.tokenSettings), ...subject };
}

function assignmentOf(token: Token, { tokenSettings, roleAssignments }: ClaimParts): RoleAssignment | undefined {
  if (token.kind !== 'ClientCredentials')
    return token.grantId === undefined ? undefined : roleAssignments.ofGrant(token.grantId);
  const known = { ...tokenSettings, scopes: undefined };
  return readMachineScopes(token.scope ?? '', known, Math.floor(Date.now() / 1000)).assignment;
}

/**
 * Serialized, this member disappears: oidc-provider signs no JWT without an audience, but Cognito's access tokens have none.
 */
const NO_AUDIENCE = { toJSON: () => undefined };

/** Gives a JWT the issuer and audience that the API expects, and the shape of Cognito's tokens for a client of a user pool. */
export async function shapeJwt(token: Token, jwt: StructuredToken, parts: ClaimParts): Promise<void> {
  const target = targetOf(token.resourceServer?.identifier() ?? '', token.clientId, parts.tokenSettings);
  if (target === undefined) return;
  const client = poolClientOf(token, parts.tokenSettings);
  if (client !== undefined) {
    const { tokenSettings, preToken } = parts;
    await shapeAsCognito(token, jwt, client, { tokenSettings, assignment: assignmentOf(token, parts), preToken });
  }
  const audience = audienceOf(target, token.clientId);
  const aud = audience.length === 1 ? audience[0] : [...audience];
  const iss = target.issuer === undefined ? {} : { iss: target.issuer };
  jwt.payload = { ...jwt.payload, ...iss, aud: audience.length === 0 ? NO_AUDIENCE : aud };
}
