import { deepEqual, equal, ok } from 'node:assert/strict';
import type { Api } from '../../lib/definition/index.ts';
import { STACK } from './project.ts';
import type { Services } from './services.ts';

/** Physical ids by logical id, with the type of the resource. */
export type Created = Readonly<Record<string, { readonly type: string; readonly id: string }>>;

/** The resources of the deployed stack, all of which are complete. */
export async function createdResources({ cloudFormation }: Services): Promise<Created> {
  const found: Record<string, { type: string; id: string }> = {};
  let NextToken: string | undefined;
  do {
    const page = await cloudFormation.listStackResources({ StackName: STACK, NextToken });
    for (const each of page.StackResourceSummaries ?? []) {
      ok(
        /^(CREATE|UPDATE)_COMPLETE$/.test(each.ResourceStatus ?? ''),
        `${each.LogicalResourceId} is ${each.ResourceStatus}`,
      );
      found[each.LogicalResourceId ?? ''] = { type: each.ResourceType ?? '', id: each.PhysicalResourceId ?? '' };
    }
    NextToken = page.NextToken;
  } while (NextToken !== undefined);
  return found;
}

/** The physical ids of a type. */
export function idsOf(created: Created, type: string): readonly string[] {
  return Object.values(created)
    .filter((each) => each.type === type)
    .map(({ id }) => id);
}

/** The only resource of a type whose logical id starts with these characters. */
export function idOf(created: Created, type: string, prefix = ''): string {
  const found = Object.entries(created).filter(([name, each]) => each.type === type && name.startsWith(prefix));
  equal(found.length, 1, `${found.length} resources of type ${type} start with "${prefix}"`);
  return found[0]?.[1].id ?? '';
}

/** The API that the body defines: its routes with authorizer and key, its stage, its plans with their keys. */
export async function checkApi({ gateway, secrets }: Services, created: Created, api: Api): Promise<string> {
  const restApiId = idOf(created, 'AWS::ApiGateway::RestApi');
  const { items = [] } = await gateway.getResources({ restApiId, limit: 500, embed: ['methods'] });
  const methods = items.flatMap(({ path, resourceMethods = {} }) =>
    Object.entries(resourceMethods).map(
      ([method, each]) => `${method} ${path} ${each.authorizationType} ${each.apiKeyRequired}`,
    ),
  );
  deepEqual(methods.sort(), [...DISCOVERY, ...methodsOf(api)].sort(), 'methods');
  const { deploymentId } = await gateway.getStage({ restApiId, stageName: 'live' });
  equal(deploymentId, idOf(created, 'AWS::ApiGateway::Deployment'), 'deployment of the stage');
  const { items: plans = [] } = await gateway.getUsagePlans({});
  const { items: allKeys = [] } = await gateway.getApiKeys({ includeValues: true, limit: 500 });
  const { SecretString = '' } = await secrets.getSecretValue({
    SecretId: idOf(created, 'AWS::SecretsManager::Secret'),
  });
  for (const [tier, { rate, burst, quota }] of Object.entries(api.tiers)) {
    const plan = plans.find((each) => each.tags?.['secure-api:tier'] === tier);
    deepEqual(plan?.throttle, { rateLimit: rate, burstLimit: burst }, `throttle of ${tier}`);
    deepEqual([plan?.quota?.limit, plan?.quota?.period], [quota?.requests, quota?.per], `quota of ${tier}`);
    deepEqual(
      plan?.apiStages?.map(({ apiId, stage }) => [apiId, stage]),
      [[restApiId, 'live']],
      `stage of ${tier}`,
    );
    const { items: keys = [] } = await gateway.getUsagePlanKeys({ usagePlanId: plan?.id });
    // The emulator also lists keys of the plan that were deleted since.
    const own = allKeys.find(({ value }) => value === `${tier}-${SecretString}`);
    ok(own !== undefined && keys.some(({ id }) => id === own.id), `key of ${tier}`);
  }
  return `${Object.keys(api.routes).length} routes, ${Object.keys(api.tiers).length} plans with their keys`;
}

/** Each route, and HEAD beside GET. */
function methodsOf(api: Api): readonly string[] {
  return Object.values(api.routes).flatMap(({ method, path, access }) => {
    const authorization = access.kind === 'public' || access.kind === 'webhook' ? 'NONE false' : 'CUSTOM true';
    const served = method === 'GET' ? ['GET', 'HEAD'] : [method];
    return served.map((one) => `${one} ${path} ${authorization}`);
  });
}

/** Where clients learn whose tokens the API takes: a fixed response (RFC 9728). */
const DISCOVERY = ['GET', 'HEAD'].map((method) => `${method} /.well-known/oauth-protected-resource NONE false`);

/** Functions with code, and what stores data. */
export async function checkResources(services: Services, created: Created, roles: readonly string[]): Promise<string> {
  const { cognito, dynamoDb, lambda, s3, query } = services;
  const functions = idsOf(created, 'AWS::Lambda::Function');
  for (const FunctionName of functions) {
    const { Configuration } = await lambda.getFunction({ FunctionName });
    ok((Configuration?.CodeSize ?? 0) > 0 && Configuration?.State === 'Active', FunctionName);
  }
  const tables = idsOf(created, 'AWS::DynamoDB::GlobalTable');
  for (const TableName of tables) {
    const { Table } = await dynamoDb.describeTable({ TableName });
    equal(Table?.TableStatus, 'ACTIVE', TableName);
  }
  for (const Bucket of idsOf(created, 'AWS::S3::Bucket')) {
    const { PublicAccessBlockConfiguration: block } = await s3.getPublicAccessBlock({ Bucket });
    deepEqual(Object.values(block ?? {}), [true, true, true, true], `${Bucket}: public access`);
    ok((await s3.getBucketPolicy({ Bucket })).Policy?.includes('aws:SecureTransport'), `${Bucket}: policy`);
  }
  for (const UserPoolId of idsOf(created, 'AWS::Cognito::UserPool')) {
    const { Groups = [] } = await cognito.listGroups({ UserPoolId });
    for (const role of roles)
      ok(
        Groups.some(({ GroupName }) => GroupName === role),
        `group ${role}`,
      );
  }
  const alarms = await query('monitoring', 'DescribeAlarms', '2010-08-01', 'AlarmName');
  deepEqual([...alarms].sort(), [...idsOf(created, 'AWS::CloudWatch::Alarm')].sort(), 'alarms');
  return `${functions.length} functions, ${tables.length} tables, ${alarms.length} alarms`;
}
