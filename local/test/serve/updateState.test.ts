import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Call, clientOf } from '../../../test/support/client.ts';
import { temporaryFolder } from '../../../test/support/folders.ts';
import type { LocalGateway } from '../../contracts.ts';
import { serve } from '../../serve/serve.ts';
import { functionOf, invocationOf, routesAssembly, says, type TestStack } from '../support/routes.ts';

/** Allows or denies everything, and says how often it ran. */
const decides = (effect: 'Allow' | 'Deny') => `let runs = 0;
  exports.handler = async ({ methodArn }) => ({ principalId: String(++runs), policyDocument: { Version: '2012-10-17',
    Statement: [{ Action: 'execute-api:Invoke', Effect: '${effect}', Resource: '*' }] } });`;
const PRINCIPAL = `exports.handler = async ({ requestContext }) =>
  ({ statusCode: 200, body: requestContext.authorizer.principalId });`;
const KEY = 'key-of-at-least-20-characters';

interface Variant {
  readonly effect?: 'Allow' | 'Deny';
  readonly handler?: string;
  readonly quota?: number;
  readonly burst?: number;
  readonly stage?: string;
  readonly rateLimit?: number;
  readonly extraRoute?: boolean;
}

/** A route with an authorizer, one with an API key, and one behind a web ACL that counts requests by address. */
function variant({ effect = 'Allow', handler = PRINCIPAL, ...rest }: Variant = {}): string {
  const { quota = 100, burst = 1_000, stage = 'live', rateLimit = 100_000, extraRoute = false } = rest;
  const authorizer = {
    type: 'request',
    authorizerUri: invocationOf('Authorizer'),
    identitySource: 'method.request.header.Authorization',
    authorizerResultTtlInSeconds: 300,
  };
  const header = { type: 'apiKey', in: 'header' };
  const custom = { 'x-amazon-apigateway-authtype': 'custom', 'x-amazon-apigateway-authorizer': authorizer };
  const schemes = { callers: { ...header, name: 'Authorization', ...custom }, key: { ...header, name: 'x-api-key' } };
  const stack: TestStack = {
    routes: {
      '/mine': { code: handler, operation: { security: [{ callers: [] }] } },
      '/metered': { code: says('metered'), operation: { security: [{ key: [] }] } },
      '/open': { code: says('open') },
      ...(extraRoute ? { '/extra': { code: says('extra') } } : {}),
    },
    body: { components: { securitySchemes: schemes } },
    stage: { StageName: stage },
    resources: { Authorizer: functionOf(decides(effect)), ...limits(quota, burst), ...webAcl(rateLimit) },
  };
  return routesAssembly(stack);
}

function limits(quota: number, burst: number): object {
  const stages = [{ ApiId: { Ref: 'Api' }, Stage: { Ref: 'Stage' } }];
  const Quota = { Limit: quota, Period: 'MONTH' };
  const Throttle = { RateLimit: 0.001, BurstLimit: burst };
  return {
    Plan: { Type: 'AWS::ApiGateway::UsagePlan', Properties: { ApiStages: stages, Quota, Throttle } },
    Key: { Type: 'AWS::ApiGateway::ApiKey', Properties: { Value: KEY, Enabled: true } },
    InPlan: {
      Type: 'AWS::ApiGateway::UsagePlanKey',
      Properties: { KeyId: { Ref: 'Key' }, KeyType: 'API_KEY', UsagePlanId: { Ref: 'Plan' } },
    },
  };
}

function webAcl(Limit: number): object {
  const VisibilityConfig = { SampledRequestsEnabled: false, CloudWatchMetricsEnabled: true, MetricName: 'acl' };
  const Statement = { RateBasedStatement: { Limit, AggregateKeyType: 'IP' } };
  const Rules = [{ Name: 'rate', Priority: 0, Action: { Block: {} }, Statement, VisibilityConfig }];
  const arn = `arn:\${AWS::Partition}:apigateway:\${AWS::Region}::/restapis/\${Api}/stages/\${Stage}`;
  return {
    Acl: {
      Type: 'AWS::WAFv2::WebACL',
      Properties: { DefaultAction: { Allow: {} }, Scope: 'REGIONAL', Rules, VisibilityConfig },
    },
    Association: {
      Type: 'AWS::WAFv2::WebACLAssociation',
      Properties: { ResourceArn: { 'Fn::Sub': arn }, WebACLArn: { 'Fn::GetAtt': ['Acl', 'Arn'] } },
    },
  };
}

let gateway: LocalGateway;
beforeAll(async () => {
  gateway = await serve({ assembly: variant(), data: temporaryFolder(), port: 0 });
});
afterAll(() => gateway?.close());

const statusOf = async (path: string, call?: Call) => (await clientOf(gateway.ready)('GET', path, call)).status;
const update = (change: Variant) => gateway.update({ assembly: variant(change) });

describe('what an authorizer has decided', () => {
  const decisionFor = async (token: string) => {
    const { status, text } = await clientOf(gateway.ready)('GET', '/mine', { token });
    return status === 200 ? text : status;
  };

  it('stays in the cache when something else changes', async () => {
    expect([await decisionFor('a'), await decisionFor('b'), await decisionFor('a')]).toEqual(['1', '2', '1']);
    await update({ handler: `${PRINCIPAL}//`, quota: 50 });
    expect([await decisionFor('a'), await decisionFor('c')]).toEqual(['1', '3']);
  });

  it('is forgotten when the authorizer changes, so that nobody keeps access by the previous policy', async () => {
    await update({});
    expect(await decisionFor('a')).toBe('1');
    await update({ effect: 'Deny' });
    expect([await decisionFor('a'), await decisionFor('b')]).toEqual([403, 403]);
    await update({});
    expect(await decisionFor('a')).toBe('1');
  });

  it('is forgotten when the routes change', async () => {
    await update({});
    const before = await decisionFor('d');
    await update({ extraRoute: true });
    expect([before, await decisionFor('d')]).toEqual(['2', '3']);
  });
});

describe('what limits have counted', () => {
  const metered = () => statusOf('/metered', { headers: { 'x-api-key': KEY } });

  it('stays with a key and its plan when the limit or the name of the stage changes', async () => {
    await update({});
    expect([await metered(), await metered()]).toEqual([200, 200]);
    await update({ quota: 3, stage: 'renamed' });
    expect([await metered(), await metered()]).toEqual([200, 429]);
    await update({ quota: 4, extraRoute: true });
    expect([await metered(), await metered()]).toEqual([200, 429]);
  });

  it('of a bucket begins anew only when its throttle changes', async () => {
    await update({ burst: 2 });
    expect([await metered(), await metered(), await metered()]).toEqual([200, 200, 429]);
    await update({ burst: 2, extraRoute: true });
    expect(await metered()).toBe(429);
    await update({ burst: 3 });
    expect(await metered()).toBe(200);
  });

  it('of a rate rule begins anew only when the rule changes', async () => {
    const limit = 10;
    await update({ rateLimit: limit });
    const statuses: number[] = [];
    for (let i = 0; i < limit; i += 1) statuses.push(await statusOf('/open'));
    expect(statuses).toEqual(Array.from({ length: limit }, () => 200));
    await update({ rateLimit: limit, extraRoute: true });
    expect(await statusOf('/open')).toBe(403);
    await update({ rateLimit: limit + 1 });
    expect(await statusOf('/open')).toBe(200);
  });
});
