import { describe, expect, it } from 'vitest';
import type { RestApiModel } from '../../assembly/model.ts';
import type { InvokeResult, LambdaRunner } from '../../contracts.ts';
import { createAuthorizer } from '../../gateway/authorizer/authorizer.ts';
import { anApi, aRequestState, aRoute, outcomeOf } from '../support/gateway.ts';

const FUNCTION = 'arn:aws:lambda:eu-central-1:123456789012:function:auth';
const ARN = 'arn:aws:execute-api:eu-central-1:123456789012:api1/prod/GET/documents/7';
const ROUTE = aRoute({ security: [{ auth: [], api_key: [] }] });
const WITH_TOKEN = { headers: { Authorization: 'Bearer t' } };

function apiOf(authorizer: Readonly<Record<string, unknown>> = {}): RestApiModel {
  const extension = {
    type: 'request',
    identitySource: 'method.request.header.authorization',
    authorizerUri: `arn:aws:apigateway:eu-central-1:lambda:path/2015-03-31/functions/${FUNCTION}/invocations`,
    ...authorizer,
  };
  const auth = { type: 'apiKey', name: 'Authorization', in: 'header', 'x-amazon-apigateway-authorizer': extension };
  const api_key = { type: 'apiKey', name: 'x-api-key', in: 'header' };
  return anApi({ components: { securitySchemes: { auth, api_key } } });
}

function setUp(result: InvokeResult, api = apiOf()) {
  const events: unknown[] = [];
  const clock = { now: 0 };
  const lambda: LambdaRunner = {
    invoke: async (arn, event) => {
      expect(arn).toBe(FUNCTION);
      events.push(event);
      return result;
    },
    close: async () => undefined,
  };
  const options = { lambda, region: 'eu-central-1', account: '123456789012', time: () => clock.now };
  return { step: createAuthorizer(api, options), events, clock };
}

function policyResult(Effect = 'Allow', Resource = '*', rest: object = {}): InvokeResult {
  const policyDocument = { Version: '2012-10-17', Statement: [{ Effect, Action: 'execute-api:Invoke', Resource }] };
  return { kind: 'ok', payload: { principalId: 'ada', policyDocument, ...rest } };
}

describe('an authorizer', () => {
  it.each([
    ['an allow', policyResult(), 'pass'],
    ['an explicit deny', policyResult('Deny'), 'ACCESS_DENIED'],
    ['a policy for another method', policyResult('Allow', '*/POST/*'), 'ACCESS_DENIED'],
    ['Unauthorized', { kind: 'error', errorType: 'Error', message: 'Unauthorized' }, 'UNAUTHORIZED'],
    ['another error', { kind: 'error', errorType: 'Error', message: 'unauthorized' }, 'AUTHORIZER_FAILURE'],
    ['a timeout', { kind: 'timeout' }, 'AUTHORIZER_FAILURE'],
    ['a throttle', { kind: 'throttled' }, 'AUTHORIZER_FAILURE'],
    ['null', { kind: 'ok', payload: null }, 'AUTHORIZER_CONFIGURATION_ERROR'],
    ['no policy', { kind: 'ok', payload: { principalId: 'a' } }, 'AUTHORIZER_CONFIGURATION_ERROR'],
    ['no principal', policyResult('Allow', '*', { principalId: undefined }), 'AUTHORIZER_CONFIGURATION_ERROR'],
    [
      'a list in the context',
      policyResult('Allow', '*', { context: { roles: ['a'] } }),
      'AUTHORIZER_CONFIGURATION_ERROR',
    ],
  ] as const)('that returns %s', async (_, result, expected) => {
    expect(await outcomeOf(setUp(result).step(aRequestState(WITH_TOKEN, ROUTE)))).toBe(expected);
  });

  it('returns the context as strings, and the key of the caller', async () => {
    const rest = { context: { tier: 'free', age: 7, ok: true }, usageIdentifierKey: 'k' };
    const state = aRequestState(WITH_TOKEN, ROUTE);
    await setUp(policyResult('Allow', '*', rest)).step(state);
    const context = { tier: 'free', age: '7', ok: 'true' };
    expect(state.grant).toEqual({ principalId: 'ada', context, usageIdentifierKey: 'k' });
  });

  it.each([{}, { headers: { Authorization: '' } }])(
    'is not invoked without its identity source: %j',
    async (request) => {
      const { step, events } = setUp(policyResult());
      expect(await outcomeOf(step(aRequestState(request, ROUTE)))).toBe('UNAUTHORIZED');
      expect(events).toEqual([]);
    },
  );

  it('receives the request as AWS sends it', async () => {
    const { step, events } = setUp(policyResult());
    await step(aRequestState({ ...WITH_TOKEN, query: { q: ['1', '2'] } }, ROUTE));
    expect(events[0]).toMatchObject({
      type: 'REQUEST',
      methodArn: ARN,
      resource: '/documents/{id}',
      path: '/documents/7',
      httpMethod: 'GET',
      headers: { Authorization: 'Bearer t' },
      multiValueHeaders: { Authorization: ['Bearer t'] },
      queryStringParameters: { q: '2' },
      multiValueQueryStringParameters: { q: ['1', '2'] },
      pathParameters: { id: '7' },
      requestContext: {
        requestId: 'request-1',
        path: '/prod/documents/7',
        stage: 'prod',
        requestTime: '02/Nov/2026:03:04:05 +0000',
        identity: { sourceIp: '192.0.2.1' },
      },
    });
  });

  it('of type token receives only the token, when it matches the pattern', async () => {
    const api = apiOf({ type: 'token', identityValidationExpression: 'Bearer [a-z]+' });
    const { step, events } = setUp(policyResult(), api);
    const bad = { headers: { Authorization: 'Bearer t2' } };
    expect(await outcomeOf(step(aRequestState(bad, ROUTE)))).toBe('UNAUTHORIZED');
    expect(await outcomeOf(step(aRequestState(WITH_TOKEN, ROUTE)))).toBe('pass');
    expect(events).toEqual([{ type: 'TOKEN', methodArn: ARN, authorizationToken: 'Bearer t' }]);
  });

  it('caches a result for its time to live, and evaluates the cached policy for each request', async () => {
    const { step, events, clock } = setUp(
      policyResult('Allow', '*/GET/*'),
      apiOf({ authorizerResultTtlInSeconds: 60 }),
    );
    const post = aRoute(ROUTE.operation, 'POST');
    expect(await outcomeOf(step(aRequestState(WITH_TOKEN, ROUTE)))).toBe('pass');
    expect(await outcomeOf(step(aRequestState(WITH_TOKEN, post)))).toBe('ACCESS_DENIED');
    expect(events).toHaveLength(1);
    await step(aRequestState({ headers: { Authorization: 'Bearer u' } }, ROUTE));
    expect(events).toHaveLength(2);
    clock.now = 60_000;
    await step(aRequestState(WITH_TOKEN, ROUTE));
    expect(events).toHaveLength(3);
  });

  it('caches nothing with a time to live of 0', async () => {
    const { step, events } = setUp(policyResult(), apiOf({ authorizerResultTtlInSeconds: 0 }));
    await step(aRequestState(WITH_TOKEN, ROUTE));
    await step(aRequestState(WITH_TOKEN, ROUTE));
    expect(events).toHaveLength(2);
  });

  it('caches by all identity sources together', async () => {
    const identitySource = 'method.request.header.Authorization, method.request.querystring.q, context.httpMethod';
    const { step, events } = setUp(policyResult(), apiOf({ identitySource }));
    for (const q of ['1', '2', '1']) await step(aRequestState({ ...WITH_TOKEN, query: { q: [q] } }, ROUTE));
    expect(events).toHaveLength(2);
  });

  it('is not invoked for public operations', async () => {
    const { step } = setUp(policyResult());
    expect(step(aRequestState({}, aRoute({ security: [] })))).toBeUndefined();
  });

  it('that is not emulated rejects the operation', async () => {
    const { step } = setUp(policyResult(), apiOf({ type: 'cognito_user_pools' }));
    expect(await outcomeOf(step(aRequestState(WITH_TOKEN, ROUTE)))).toBe('AUTHORIZER_CONFIGURATION_ERROR');
  });
});
