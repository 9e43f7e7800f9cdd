import { Duration, Token } from 'aws-cdk-lib';
import {
  CfnUserPoolClient,
  ClientAttributes,
  OAuthScope,
  type UserPool,
  type UserPoolClient,
  type UserPoolClientOptions,
} from 'aws-cdk-lib/aws-cognito';
import { formatValue } from '../../definition/checks/check.ts';
import { unambiguousUrl } from '../../definition/discoveredIssuer.ts';
import { isLoopbackUrl } from '../../definition/stackOutputs.ts';
import { wrong } from '../identity/invalidIdentity.ts';
import type { CognitoOptions, MachineClient } from './options.ts';
import type { Resources } from './resourceServer.ts';

/**
 * Cognito compares the whole URL, so the ports are fixed; three, in case another program listens on one. The address and not
 * `localhost`, which another program could serve on the other address family (RFC 8252, section 8.3).
 */
const LOOPBACK_CALLBACKS = [8400, 8401, 8402].map((port) => `http://127.0.0.1:${port}/callback`);
/** https://docs.aws.amazon.com/cognito-user-identity-pools/latest/APIReference/API_CreateUserPoolClient.html */
const MOST_CALLBACKS = 100;
const LONGEST_CALLBACK = 1024;
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
  const callbackUrls = callbacksOf(options);
  const { logoutUrls = [] } = options;
  requireCount('callbackUrls', callbackUrls, 1);
  requireCount('logoutUrls', logoutUrls, 0);
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

/** The URLs to which the sign-in page can redirect. */
export function callbacksOf({ callbackUrls = LOOPBACK_CALLBACKS }: CognitoOptions): readonly string[] {
  return callbackUrls;
}

/** A client for each program: a secret, client credentials alone, and only its own scopes. Returns their ids by their names. */
export function addMachineClients(
  userPool: UserPool,
  machines: Readonly<Record<string, MachineClient>>,
  resources: Resources,
): Readonly<Record<string, string>> {
  const ids = Object.entries(machines).map(([name, machine]) => {
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
    return [name, client.userPoolClientId] as const;
  });
  return Object.fromEntries(ids);
}

function setFlows(client: UserPoolClient, flows: string[]): void {
  const resource = client.node.defaultChild;
  if (resource instanceof CfnUserPoolClient) resource.explicitAuthFlows = flows;
}

function requireCount(location: string, urls: readonly string[], min: number): void {
  if (urls.length >= min && urls.length <= MOST_CALLBACKS) return;
  throw wrong(location, `${urls.length} URLs`, `${min}–${MOST_CALLBACKS}`, 'Cognito accepts no other number.');
}

/**
 * RFC 8252, section 7.3: plain http is safe on the loopback alone, and Cognito accepts it for the three names of the loopback and
 * any port. RFC 6749, section 3.1.2: no fragment. A URL that is known at deployment only is left to Cognito.
 */
function requireSafe(location: string, url: string): void {
  if (Token.isUnresolved(url) && /^(?:https:\/\/|\$\{Token\[)/.test(url)) return;
  const { protocol } = url.includes('#') || url.length > LONGEST_CALLBACK ? {} : (unambiguousUrl(url) ?? {});
  if (protocol === 'https:' || (protocol === 'http:' && isLoopbackUrl(url))) return;
  const expected =
    'an https URL, or http on localhost, 127.0.0.1 or [::1], without a user name, a backslash or a fragment';
  throw wrong(
    location,
    formatValue(url),
    expected,
    'An authorization code sent over plain http can be read on the way.',
  );
}
