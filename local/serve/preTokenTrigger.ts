import type { StackModel, UserPoolModel } from '../assembly/model.ts';
import { isRecord, record } from '../assembly/values.ts';
import type { LambdaRunner } from '../contracts.ts';
import type { AccessTokenChange, PreToken, PreTokenRequest } from '../services/issuer/preToken.ts';

/**
 * Runs the pre token generation trigger of the stack's user pools, with the event of its version, before a token of the pool
 * is made. A trigger that fails fails the token, as on AWS.
 *
 * @param runner returns the runner once functions can run
 */
export function preTokenOf({ userPools, region }: StackModel, runner: () => LambdaRunner | undefined): PreToken {
  return async (request) => {
    const pool = userPools.find(({ id }) => id === request.userPool);
    if (pool?.preToken === undefined || !isTriggered(pool.preToken, request)) return undefined;
    const id = crypto.randomUUID();
    const result = await runner()?.invoke(pool.preToken.functionArn, eventOf(pool, request, region), id);
    if (result?.kind !== 'ok') throw new Error('the pre token generation trigger failed: see its log');
    const details = record(record(record(result.payload)['response'])['claimsAndScopeOverrideDetails']);
    const change = details['accessTokenGeneration'];
    return isRecord(change) ? (change as AccessTokenChange) : undefined;
  };
}

/** Only version 3 runs for machine clients. */
function isTriggered({ version }: NonNullable<UserPoolModel['preToken']>, { username }: PreTokenRequest): boolean {
  return username !== undefined || version === 'V3_0';
}

/** https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-lambda-pre-token-generation.html */
function eventOf({ id, preToken }: UserPoolModel, request: PreTokenRequest, region: string): object {
  const { clientId, username, groups, scopes } = request;
  const source = username === undefined ? 'ClientCredentials' : 'HostedAuth';
  return {
    version: preToken?.version === 'V3_0' ? '3' : '2',
    triggerSource: `TokenGeneration_${source}`,
    region,
    userPoolId: id,
    userName: username ?? clientId,
    callerContext: { awsSdkVersion: 'aws-sdk-unknown-unknown', clientId },
    request: {
      userAttributes: username === undefined ? {} : { sub: username },
      groupConfiguration: { groupsToOverride: groups, iamRolesToOverride: [], preferredRole: null },
      scopes,
    },
    response: { claimsAndScopeOverrideDetails: null },
  };
}
