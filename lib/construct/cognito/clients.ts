import { Duration } from 'aws-cdk-lib';
import {
  CfnUserPoolClient,
  ClientAttributes,
  OAuthScope,
  type UserPool,
  type UserPoolClient,
  type UserPoolClientOptions,
} from 'aws-cdk-lib/aws-cognito';
import { formatValue } from '../../definition/checks/check.ts';
import { unambiguousUrl, wrong } from '../identity/rules.ts';
import type { CognitoOptions, MachineClient } from './options.ts';
import type { Resources } from './resourceServer.ts';

const LOOPBACK_CALLBACK = 'http://localhost:8400/callback';
const TOKEN_LIFE = Duration.minutes(15);
const SESSION_LIFE = Duration.days(1);
/** How long a client that lost the response can repeat its refresh. */
const ROTATION_GRACE = Duration.seconds(10);

/** Options of all clients. */
const SAFE: UserPoolClientOptions = {
  accessTokenValidity: TOKEN_LIFE,
  enableTokenRevocation: true,
  preventUserExistenceErrors: true,
};

/**
 * The client of users' apps: public, code flow with PKCE (which Cognito checks when it is sent, but cannot require),
 * rotated refresh tokens, no implicit grant.
 */
export function addAppClient(userPool: UserPool, options: CognitoOptions, resources: Resources): UserPoolClient {
  const { callbackUrls = [LOOPBACK_CALLBACK], logoutUrls = [] } = options;
  for (const url of callbackUrls) requireSafe('callbackUrls', url);
  for (const url of logoutUrls) requireSafe('logoutUrls', url);
  const client = userPool.addClient('App', {
    ...SAFE,
    generateSecret: false,
    oAuth: {
      flows: { authorizationCodeGrant: true, implicitCodeGrant: false, clientCredentials: false },
      scopes: [OAuthScope.OPENID, ...resources.forApps],
      callbackUrls: [...callbackUrls],
      ...(logoutUrls.length === 0 ? {} : { logoutUrls: [...logoutUrls] }),
    },
    idTokenValidity: TOKEN_LIFE,
    refreshTokenValidity: SESSION_LIFE,
    refreshTokenRotationGracePeriod: ROTATION_GRACE,
    // Users can change their display name, but nothing that identifies or authorizes them.
    writeAttributes: new ClientAttributes().withStandardAttributes({ fullname: true, locale: true, timezone: true }),
  });
  // Cognito's own default adds the refresh flow without rotation, which excludes rotation.
  setFlows(client, ['ALLOW_USER_SRP_AUTH']);
  client.node.addDependency(...resources.servers);
  return client;
}

/** A client for each program: a secret, client credentials alone, and only its own scopes. */
export function addMachineClients(
  userPool: UserPool,
  machines: Readonly<Record<string, MachineClient>>,
  resources: Resources,
): readonly UserPoolClient[] {
  return Object.entries(machines).map(([name, machine]) => {
    const client = userPool.addClient(`Machine${name}`, {
      ...SAFE,
      userPoolClientName: name,
      generateSecret: true,
      oAuth: {
        flows: { authorizationCodeGrant: false, implicitCodeGrant: false, clientCredentials: true },
        scopes: [...resources.forMachine(machine)],
      },
    });
    // No user signs in by such a client, but Cognito requires a flow.
    setFlows(client, ['ALLOW_REFRESH_TOKEN_AUTH']);
    client.node.addDependency(...resources.servers);
    return client;
  });
}

function setFlows(client: UserPoolClient, flows: string[]): void {
  const resource = client.node.defaultChild;
  if (resource instanceof CfnUserPoolClient) resource.explicitAuthFlows = flows;
}

/** RFC 8252, section 7.3: plain http is safe on the loopback alone. RFC 6749, section 3.1.2: no fragment. */
function requireSafe(location: string, url: string): void {
  const { protocol } = url.includes('#') ? {} : (unambiguousUrl(url) ?? {});
  const isLoopback = /^http:\/\/(?:localhost|127\.0\.0\.1|\[::1\])(?=[:/?]|$)/.test(url);
  if (protocol === 'https:' || (protocol === 'http:' && isLoopback)) return;
  const expected = 'an https URL, or http on the loopback, without a user name, a backslash or a fragment';
  throw wrong(
    location,
    formatValue(url),
    expected,
    'An authorization code sent over plain http can be read on the way.',
  );
}
