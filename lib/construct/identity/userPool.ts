import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import {
  AccountRecovery,
  CfnUserPoolClient,
  CfnUserPoolGroup,
  FeaturePlan,
  ManagedLoginVersion,
  Mfa,
  OAuthScope,
  UserPool,
  type UserPoolClient,
} from 'aws-cdk-lib/aws-cognito';
import type { Construct } from 'constructs';
import type { Api } from '../../definition/api.ts';
import { invalid } from '../invalid.ts';

/** How the user pool of `Identity.cognito()` differs from its defaults. */
export interface CognitoOptions {
  /**
   * Where the sign-in page may send people back to: https URLs, or http on the loopback.
   * @default - a loopback address for native apps and development, `http://localhost:8400/callback`
   */
  readonly callbackUrls?: readonly string[];
  /**
   * Prefix of the sign-in page's host name, unique in the region.
   * @default - no page is made; add a domain to `userPool` yourself
   */
  readonly signInPrefix?: string;
  /** Second factor by a one-time password app. @default - each user may set one up, nobody has to */
  readonly mfa?: 'required' | 'optional';
}

const LOOPBACK_CALLBACK = 'http://localhost:8400/callback';
const SHORTEST_PASSWORD = 14;
const TOKEN_LIFE = Duration.minutes(15);
const SESSION_LIFE = Duration.days(1);
/** A client whose answer was lost may repeat its refresh this long. */
const ROTATION_GRACE = Duration.seconds(10);

/** A user pool that only administrators fill, with one public client (code + PKCE) and a group for each role. */
export function createUserPool(
  scope: Construct,
  api: Api,
  options: CognitoOptions,
): { readonly userPool: UserPool; readonly client: UserPoolClient } {
  const userPool = new UserPool(scope, 'UserPool', {
    selfSignUpEnabled: false,
    signInAliases: { email: true },
    signInCaseSensitive: false,
    // Rotation of refresh tokens needs this plan; PLUS, which costs for each user, is left to the team.
    featurePlan: FeaturePlan.ESSENTIALS,
    mfa: options.mfa === 'required' ? Mfa.REQUIRED : Mfa.OPTIONAL,
    // Text messages can be redirected by whoever moves a phone number.
    mfaSecondFactor: { otp: true, sms: false },
    passwordPolicy: {
      minLength: SHORTEST_PASSWORD,
      requireDigits: true,
      requireLowercase: true,
      requireSymbols: true,
      requireUppercase: true,
      tempPasswordValidity: Duration.days(1),
    },
    accountRecovery: AccountRecovery.EMAIL_ONLY,
    deletionProtection: true,
    removalPolicy: RemovalPolicy.RETAIN,
  });
  acknowledge(userPool, options);
  if (options.signInPrefix !== undefined) {
    const managedLoginVersion = ManagedLoginVersion.CLASSIC_HOSTED_UI;
    userPool.addDomain('SignIn', { cognitoDomain: { domainPrefix: options.signInPrefix }, managedLoginVersion });
  }
  for (const role of Object.keys(api.roles.byName)) addGroup(scope, userPool, role, api.name);
  return { userPool, client: addClient(userPool, options.callbackUrls ?? [LOOPBACK_CALLBACK]) };
}

function acknowledge(userPool: UserPool, { mfa }: CognitoOptions): void {
  Validations.of(userPool).acknowledge({
    id: 'AwsSolutions-COG8',
    reason: 'PLUS costs for each user; ESSENTIALS has what the API relies on, such as rotation of refresh tokens.',
  });
  if (mfa === 'required') return;
  Validations.of(userPool).acknowledge({
    id: 'AwsSolutions-COG2',
    reason: "Who has to have a second factor is the team's choice: mfa: 'required' makes it everybody.",
  });
}

function addGroup(scope: Construct, userPool: UserPool, role: string, apiName: string): void {
  new CfnUserPoolGroup(scope, `Group${role}`, {
    userPoolId: userPool.userPoolId,
    groupName: role,
    description: `Members have the role ${role} of ${apiName}`,
  });
}

function addClient(userPool: UserPool, callbackUrls: readonly string[]): UserPoolClient {
  for (const url of callbackUrls) requireSafeCallback(url);
  const client = userPool.addClient('App', {
    generateSecret: false,
    oAuth: {
      flows: { authorizationCodeGrant: true, implicitCodeGrant: false, clientCredentials: false },
      scopes: [OAuthScope.OPENID],
      callbackUrls: [...callbackUrls],
    },
    accessTokenValidity: TOKEN_LIFE,
    idTokenValidity: TOKEN_LIFE,
    refreshTokenValidity: SESSION_LIFE,
    refreshTokenRotationGracePeriod: ROTATION_GRACE,
    enableTokenRevocation: true,
    preventUserExistenceErrors: true,
  });
  // Cognito's own default adds the refresh flow without rotation, which excludes rotation.
  const resource = client.node.defaultChild;
  if (resource instanceof CfnUserPoolClient) resource.explicitAuthFlows = ['ALLOW_USER_SRP_AUTH'];
  return client;
}

/** RFC 8252, section 7.3: plain http is safe on the loopback alone. */
function requireSafeCallback(url: string): void {
  const { protocol, hostname } = URL.parse(url) ?? {};
  if (protocol === 'https:' || (protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(hostname ?? '')))
    return;
  const expected = 'an https URL, or http on the loopback';
  const mend = 'An authorization code sent over plain http can be read on the way.';
  throw invalid({
    code: 'identity-invalid',
    place: 'identity.callbackUrls',
    found: JSON.stringify(url),
    expected,
    mend,
  });
}
