import { Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Api } from '../../definition/api.ts';
import { type OidcOptions, oidcSource } from './oidc.ts';
import { type BoundIdentity, CLOCK_TOLERANCE_SECONDS, DEFAULT_LIFETIME_SECONDS } from './source.ts';
import { type CognitoOptions, createUserPool } from './userPool.ts';

type Binding = (scope: Construct, api: Api) => BoundIdentity;

/**
 * Whose tokens an API accepts. Several may be given at once; each token is verified by the keys of its own issuer alone.
 *
 * @example
 * ```ts
 * const identity = Identity.oidc({ issuer: 'https://login.example.com', audience: 'notes' });
 * ```
 */
export class Identity {
  /** A Cognito user pool of the API's own, with safe settings and a group for each role. */
  static cognito(options: CognitoOptions = {}): Identity {
    return new Identity((scope, api) => cognito(scope, api, options));
  }

  /**
   * Any OpenID provider that signs JWT access tokens.
   *
   * @throws {ConfigError} `identity-invalid` when issuer or key set are not https, or no audience is given.
   */
  static oidc(options: OidcOptions): Identity {
    const source = oidcSource(options);
    return new Identity(() => ({ source }));
  }

  private readonly binding: Binding;

  private constructor(binding: Binding) {
    this.binding = binding;
  }

  /** Adds what the identity needs below `scope`. Called by `SecureApi`. */
  bind(scope: Construct, api: Api): BoundIdentity {
    return this.binding(scope, api);
  }
}

/**
 * Cognito's access tokens have no audience but a client, and name their kind. They carry no tier: with a pre-token trigger
 * that adds the claim they may, else callers have the default tier.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
function cognito(scope: Construct, api: Api, options: CognitoOptions): BoundIdentity {
  const { userPool, client } = createUserPool(scope, api, options);
  const { region, urlSuffix } = Stack.of(scope);
  const issuer = `https://cognito-idp.${region}.${urlSuffix}/${userPool.userPoolId}`;
  const source = {
    issuer,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    algorithms: ['RS256'],
    clientIds: [client.userPoolClientId],
    tokenUse: 'access',
    rolesClaim: 'cognito:groups',
    tierClaim: 'tier',
    clientClaim: 'client_id',
    maxLifetimeSeconds: DEFAULT_LIFETIME_SECONDS,
    clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
  } as const;
  return { source, userPool };
}
