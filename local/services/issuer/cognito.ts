import type { StructuredToken, Token } from 'oidc-provider';
import { namedClaims } from './assignedClaims.ts';
import { changedClaims, type PreToken } from './preToken.ts';
import { ELEVATED_CLAIM, type RoleAssignment } from './roleAssignment.ts';
import type { StackClient, TokenSettings } from './tokenSettings.ts';

/** What a user pool knows about the holder of a token. */
export interface CognitoParts {
  readonly tokenSettings: TokenSettings;
  readonly assignment: RoleAssignment | undefined;
  readonly preToken: PreToken;
}

/** A client of a user pool. */
type PoolClient = StackClient & { readonly userPool: string };

/** The client of a user pool that a token is for, if it is for one. */
export function poolClientOf(token: Token, { clients }: TokenSettings): PoolClient | undefined {
  const found = clients.find(({ id }) => id === token.clientId);
  return found?.userPool === undefined ? undefined : { ...found, userPool: found.userPool };
}

/**
 * Turns a JWT into the access token of a user pool: groups replace roles, tier and claims (`tier:<name>`, `claim:<name>=<value>`), then the
 * pool's trigger changes claims. The header has no type.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export async function shapeAsCognito(
  token: Token,
  jwt: StructuredToken,
  client: PoolClient,
  { tokenSettings, assignment, preToken }: CognitoParts,
): Promise<void> {
  const username = token.accountId;
  const groups = username === undefined ? [] : groupsOf(assignment);
  const scopes = scopesOf(token, client);
  const declared = Object.keys(Object.fromEntries(namedClaims(assignment?.claims ?? {}, tokenSettings)));
  const own = [...tokenSettings.rolesClaims, ...tokenSettings.tierClaims, ELEVATED_CLAIM, ...declared];
  const claims = Object.fromEntries([
    ...Object.entries(jwt.payload).filter(([name]) => !own.includes(name)),
    ['version', 2],
    ['scope', scopes.length === 0 ? undefined : scopes.join(' ')],
    ...(username === undefined
      ? []
      : [
          ['username', username],
          ['origin_jti', token.grantId],
        ]),
    ...(groups.length === 0 ? [] : [['cognito:groups', groups]]),
  ]);
  const { userPool, id: clientId } = client;
  const change = await preToken({ userPool, clientId, username, groups, scopes });
  jwt.header = { typ: undefined };
  jwt.payload = change === undefined ? claims : changedClaims(claims, change);
}

/** A machine client that requests no scopes gets all that it is registered with. */
function scopesOf({ scope = '', accountId }: Token, client: PoolClient): readonly string[] {
  const granted = scope.split(' ').filter((item) => item !== '');
  return granted.length === 0 && accountId === undefined ? client.scopes : granted;
}

function groupsOf(assignment: RoleAssignment | undefined): readonly string[] {
  const { roles = [], tier, claims = {} } = assignment ?? {};
  const ofClaims = Object.entries(claims).map(([name, value]) => `claim:${name}=${value}`);
  return [...roles, ...(tier === undefined ? [] : [`tier:${tier}`]), ...ofClaims];
}
