import { Stack } from 'aws-cdk-lib';
import { LambdaVersion, type UserPool, UserPoolOperation } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { Api } from '../../definition/api.ts';
import type { KeySetIssuer } from '../../definition/tokenIssuer.ts';
import { createFunction } from '../functions/function.ts';
import {
  type BoundIdentity,
  CLOCK_TOLERANCE_SECONDS,
  DEFAULT_LIFETIME_SECONDS,
  type IdentityContext,
} from '../identity/tokenIssuer.ts';
import { explainActions } from '../serviceRole.ts';
import { addAppClient, addMachineClients, callbacksOf } from './clients.ts';
import { POOL_TOKENS } from './existingPool.ts';
import { machinesOf } from './machines.ts';
import type { CognitoOptions } from './options.ts';
import { requireInPartition } from './partition.ts';
import { addResources } from './resourceServer.ts';
import { addSignIn } from './signIn.ts';
import { createUserPool } from './userPool.ts';

const TRIGGER_MEMORY_MB = 128;
/** Cognito waits five seconds for a trigger. */
const TRIGGER_TIMEOUT_SECONDS = 5;

/**
 * The user pool, its clients, and the trigger that writes roles and tier into access tokens.
 *
 * @throws {ConfigError} `identity-invalid`.
 */
export function bindCognito(scope: Construct, context: IdentityContext, options: CognitoOptions): BoundIdentity {
  const { api, removal } = context;
  requireInPartition(scope, options);
  const machines = machinesOf(api, options);
  const userPool = createUserPool(scope, api, options, removal);
  const resources = addResources(userPool, api, Object.values(machines));
  const client = addAppClient(userPool, options, resources);
  const url = addSignIn(scope, { userPool, client }, options.signIn);
  const machineClients = addMachineClients(userPool, machines, resources);
  const trigger = pretokenFunction(scope, context);
  // The newest version: older ones are not asked for tokens of machines.
  userPool.addTrigger(UserPoolOperation.PRE_TOKEN_GENERATION_CONFIG, trigger, LambdaVersion.V3_0);
  explainActions(userPool, { 'lambda:InvokeFunction': 'The user pool calls the function before it issues a token.' });
  const clientIds = [client.userPoolClientId, ...Object.values(machineClients)];
  const source = sourceOf(userPool, clientIds, api);
  const signIn = { issuer: source.issuer, clientId: client.userPoolClientId, url, callbackUrls: callbacksOf(options) };
  const assesses = options.threatProtection !== undefined;
  return { source, userPool, assesses, trigger, signIn, machineClients };
}

/** The function that writes roles and tier into the access tokens. */
function pretokenFunction(scope: Construct, context: IdentityContext) {
  return createFunction(new Construct(scope, 'Pretoken'), context, {
    bundle: context.pretoken,
    description: `${context.api.name}: writes roles and tier into access tokens`,
    environment: {},
    memoryMb: TRIGGER_MEMORY_MB,
    timeoutSeconds: TRIGGER_TIMEOUT_SECONDS,
  });
}

/**
 * Cognito's access tokens have no audience but a client, and name their kind.
 * https://docs.aws.amazon.com/cognito/latest/developerguide/amazon-cognito-user-pools-using-the-access-token.html
 */
function sourceOf(userPool: UserPool, clientIds: readonly string[], { claimRules }: Api): KeySetIssuer {
  const { region, urlSuffix } = Stack.of(userPool);
  const issuer = `https://cognito-idp.${region}.${urlSuffix}/${userPool.userPoolId}`;
  return {
    issuer,
    jwksUri: `${issuer}/.well-known/jwks.json`,
    algorithms: ['RS256'],
    clientIds,
    kind: POOL_TOKENS,
    // Written by the trigger.
    roles: { claim: 'roles' },
    tierClaim: 'tier',
    // The trigger has them from the names of groups and scopes.
    ...(Object.values(claimRules).some(({ type }) => type !== 'string') ? { stringClaims: true as const } : {}),
    clientClaim: 'client_id',
    maxLifetimeSeconds: DEFAULT_LIFETIME_SECONDS,
    clockToleranceSeconds: CLOCK_TOLERANCE_SECONDS,
  };
}
