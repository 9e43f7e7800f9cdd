import { Stack, Token } from 'aws-cdk-lib';
import type { IUserPool, IUserPoolClient } from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import { formatValue } from '../../definition/checks/check.ts';
import type { TokenKind } from '../../definition/tokenIssuer.ts';
import { requireStrings, wrong } from '../identity/invalidIdentity.ts';
import { type KeySetRules, keySetSource, type PublishedKeys } from '../identity/oidc.ts';
import type { TokenOptions } from '../identity/rules.ts';
import type { BoundIdentity } from '../identity/tokenIssuer.ts';
import { requireInPartition } from './partition.ts';

/** A user pool that exists already. Nothing in it changes. */
export interface ExistingPoolOptions
  extends Omit<TokenOptions, 'issuer' | 'audience' | 'clientIds' | 'clientClaim' | 'requireType' | 'dpop'>,
    Omit<PublishedKeys, 'algorithms' | 'warmKeys'> {
  /** The pool, from this stack, from another one, or imported; or its id, which begins with its region: `eu-west-1_AbCdEfGhI`. */
  readonly userPool: IUserPool | string;
  /**
   * App clients whose tokens are accepted, or their ids, at least one. Access tokens have no `aud`, so the claim `client_id` is
   * compared.
   */
  readonly userPoolClients: readonly (IUserPoolClient | string)[];
}

/**
 * Cognito's tokens name their kind.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
export const POOL_TOKENS: TokenKind = { claims: { token_use: ['access'] } };
/** Where a pool without our trigger has the roles of its users. */
const GROUPS = 'cognito:groups';
/** A region and its partition's letters: https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_UserPoolType.html */
const POOL_ID = /^([a-z]{2}(?:-[a-z]+)+-\d+)_[0-9A-Za-z]+$/;

/**
 * The identity of a pool that exists already. Ids that are known at deployment only stay references in the authorizer's variable.
 *
 * @throws {ConfigError} `identity-invalid` for an id of another form, or without a client.
 */
export function bindExistingPool(scope: Construct, options: ExistingPoolOptions): BoundIdentity {
  requireInPartition(scope, {});
  const { userPool, userPoolClients, roles, ...own } = options;
  const issuer = issuerOf(scope, userPool);
  const rules: KeySetRules = {
    ...own,
    issuer,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    algorithms: ['RS256'],
    clientIds: userPoolClients.map((client) => (typeof client === 'string' ? client : client.userPoolClientId)),
    clientClaim: 'client_id',
    roles: { ...roles, claim: roles?.claim ?? GROUPS },
    kind: POOL_TOKENS,
  };
  return { source: keySetSource(rules) };
}

/** Checks what can be checked without a stack. */
export function checkExistingPool({ userPool, userPoolClients }: ExistingPoolOptions): void {
  const ids = userPoolClients.map((client) => (typeof client === 'string' ? client : 'a client'));
  requireStrings('userPoolClients', ids, 'Without one, tokens made for other apps of the pool would be accepted.');
  if (typeof userPool === 'string' && !Token.isUnresolved(userPool)) regionOf(userPool);
}

function issuerOf(scope: Construct, userPool: IUserPool | string): string {
  const { region, urlSuffix } = Stack.of(scope);
  if (typeof userPool !== 'string') {
    return `https://cognito-idp.${userPool.env.region}.${urlSuffix}/${userPool.userPoolId}`;
  }
  // An id that is known at deployment only is that of a pool in the region of the stack.
  return `https://cognito-idp.${Token.isUnresolved(userPool) ? region : regionOf(userPool)}.${urlSuffix}/${userPool}`;
}

function regionOf(userPoolId: string): string {
  const [, region] = POOL_ID.exec(userPoolId) ?? [];
  if (region !== undefined) return region;
  const fix = 'Copy the user pool id from its overview; it begins with the region.';
  throw wrong('userPool', formatValue(userPoolId), 'an id such as eu-west-1_AbCdEfGhI', fix);
}
